#include "backend/cpu/device.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "backend/cpu/cpu_lane.hpp"
#include "backend/cpu/engine_speed.hpp"
#include "backend/cpu/heads.hpp"
#include "backend/cpu/module_loader.hpp"
#include "backend/fit.hpp"
#include "base/cpu_count.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

constexpr std::string_view kWithThreads = "cpu:";
constexpr int kMostThreads = 1024;

/// 1 to kMostThreads, of "cpu:N".
std::optional<int> threads_in(std::string_view name) {
  int threads = 0;
  const char* const end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + kWithThreads.size(), end, threads);
  const bool valid = error == std::errc() && rest == end && threads >= 1 && threads <= kMostThreads;
  return valid ? std::optional{threads} : std::nullopt;
}

CpuLaneOptions lane_options(const Options& options, int threads) {
  CpuLaneOptions lane;
  lane.confidence = options.confidence;
  lane.nms = options.nms;
  lane.max_detections = options.max_detections;
  lane.resize = options.resize;
  lane.keep_pixels = options.keep_pixels;
  lane.max_pixels = options.max_pixels;
  lane.decode_scale = options.decode_scale;
  lane.threads = threads;
  return lane;
}

class CpuDevice final : public Device {
 public:
  /// `threads`: those of "cpu:N"; 0: Options::threads.
  explicit CpuDevice(int threads = 0) : threads_(threads) {}

  std::string id() const override { return "cpu"; }

  std::string configured_name() const override {
    return threads_ == 0 ? id() : fmt::format("{}{}", kWithThreads, threads_);
  }

  DeviceInfo info() const override {
    DeviceInfo info;
    info.id = id();
    if (const auto module = load_module()) {
      info.name = (*module)->cpu_name();
      info.runtime = (*module)->runtime();
      info.precisions = {Precision::kFp32};
      if ((*module)->has_bf16()) {
        info.precisions.push_back(Precision::kBf16);
      }
    } else {
      info.unavailable = module.error().message;
    }
    return info;
  }

  bool is_fallback() const noexcept override { return true; }

  std::vector<std::string> names() const override { return {"cpu", "cpu:N"}; }

  bool has_name(std::string_view name) const override {
    return name == "cpu" || name.starts_with(kWithThreads);
  }

  Result<std::shared_ptr<Device>> configure(const std::string& name,
                                            const Options& options) const override {
    if (name == id()) {
      return nullptr;
    }
    const auto threads = threads_in(name);
    if (!threads) {
      return base::fail(ErrorCode::kInvalidArgument,
                        R"(device "{}": after "cpu:" comes the number of threads, 1 to {})", name,
                        kMostThreads);
    }
    if (options.threads != 0 && options.threads != *threads) {
      return base::fail(
          ErrorCode::kInvalidArgument,
          "device \"{}\" and {} as the number of threads contradict each other; name one of them",
          name, options.threads);
    }
    return std::make_shared<CpuDevice>(*threads);
  }

  Result<std::unique_ptr<Lane>> open_lane(const Workload& work, const OnFinished& on_finished,
                                          std::vector<std::string>& warnings) override {
    const int threads = threads_for(work);
    if (const int cpus = base::available_cpus(); threads > cpus) {
      warnings.push_back(
          fmt::format("{} threads were asked for, but this process may use {}", threads, cpus));
    }
    return open_cpu_lane(work.network, lane_options(work.options, threads), work.options.precision,
                         on_finished);
  }

  Result<std::unique_ptr<HeadRun>> open_heads(const Workload& work) override {
    return open_cpu_heads(work.network, fit_of(work.options.resize, work.network.letterbox()),
                          work.options.precision, threads_for(work));
  }

  Result<DeviceSpeed> measure(const Workload& work, const SpeedRun& run) override {
    return open_cpu_engine(work.network, work.options.precision, threads_for(work),
                           Streams::kOneAThread)
        .and_then([&](const CpuEngine& engine) { return measure_engine(engine, run); });
  }

 private:
  int threads_for(const Workload& work) const noexcept {
    return threads_ == 0 ? work.options.threads : threads_;
  }

  const int threads_;
};

}  // namespace

Listing list_devices() {
  return {"CPU", {}, Devices{std::make_shared<CpuDevice>()}};
}

}  // namespace yolofleet::backend::cpu
