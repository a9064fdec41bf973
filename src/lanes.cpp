#include "lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "backend/cpu/cpu_count.hpp"
#include "backend/cpu/cpu_lane.hpp"
#include "base/fail.hpp"
#include "gpus.hpp"

namespace yolofleet {
namespace {

using base::fail;

backend::cpu::CpuLaneOptions cpu_lane_options(const Options& options) {
  backend::cpu::CpuLaneOptions lane;
  lane.confidence = options.confidence;
  lane.nms = options.nms;
  lane.max_detections = options.max_detections;
  lane.resize = options.resize;
  lane.keep_pixels = options.keep_pixels;
  lane.max_pixels = options.max_pixels;
  lane.threads = options.threads;
  return lane;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  for (;;) {
    const std::size_t comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) {
      return words;
    }
    list.remove_prefix(comma + 1);
  }
}

/// Turns what `Options::devices` asks for into lanes.
class Chooser {
 public:
  Chooser(const graph::Network& network, const Options& options, std::vector<std::string>& warnings)
      : network_(network), options_(options), warnings_(warnings), gpus_(list_gpus()) {}

  Result<std::vector<fleet::OpenLane>> choose() {
    if (options_.devices == "auto" || options_.devices == "all") {
      add_usable_gpus();
      if (lanes_.empty() || options_.devices == "all") {
        add_cpu();
      }
      return std::move(lanes_);
    }
    std::vector<std::string> seen;
    for (const std::string& word : split(options_.devices)) {
      if (std::find(seen.begin(), seen.end(), word) != seen.end()) {
        return fail(ErrorCode::kInvalidArgument, "device \"{}\" is named twice", word);
      }
      seen.push_back(word);
      if (auto added = add(word); !added) {
        return tl::unexpected(std::move(added).error());
      }
    }
    return std::move(lanes_);
  }

 private:
  void add_cpu() {
    if (const int cpus = backend::cpu::available_cpus(); options_.threads > cpus) {
      warnings_.push_back(fmt::format("{} threads were asked for, but this process may use {}",
                                      options_.threads, cpus));
    }
    lanes_.emplace_back(
        [this_network = &network_, options = &options_](const backend::OnFinished& on_finished) {
          return backend::cpu::open_cpu_lane(*this_network, cpu_lane_options(*options),
                                             options->precision, on_finished);
        });
  }

  void add_usable_gpus() {
    if (!gpus_) {
      return;
    }
    for (std::size_t i = 0; i < gpus_->size(); ++i) {
      const DeviceInfo& gpu = (*gpus_)[i];
      if (gpu.unavailable.empty()) {
        lanes_.push_back(gpu_lane(network_, i, options_, warnings_));
      } else {
        warnings_.push_back(fmt::format("{} isn't used: {}", gpu.id, gpu.unavailable));
      }
    }
  }

  Result<void> add(const std::string& word) {
    if (word == "cpu") {
      add_cpu();
      return {};
    }
    const bool is_gpu = word.starts_with("cuda:") || word.starts_with("GPU-");
    if (is_gpu && !gpus_) {
      return fail(ErrorCode::kNotFound, "{} can't be used: {}", word, gpus_.error().message);
    }
    if (is_gpu) {
      for (std::size_t i = 0; i < gpus_->size(); ++i) {
        const DeviceInfo& gpu = (*gpus_)[i];
        if (gpu.id != word && gpu.uuid != word) {
          continue;
        }
        if (!gpu.unavailable.empty()) {
          return fail(ErrorCode::kNotFound, "{} can't be used: {}", word, gpu.unavailable);
        }
        lanes_.push_back(gpu_lane(network_, i, options_, warnings_));
        return {};
      }
    }
    return fail(ErrorCode::kNotFound, "no device \"{}\" here; {} are allowed", word, allowed());
  }

  std::string allowed() const {
    std::string words = R"("auto", "all", "cpu")";
    if (gpus_) {
      for (const DeviceInfo& gpu : *gpus_) {
        words += fmt::format(", \"{}\"", gpu.id);
      }
    }
    return words;
  }

  const graph::Network& network_;
  const Options& options_;
  std::vector<std::string>& warnings_;
  Result<std::vector<DeviceInfo>> gpus_;
  std::vector<fleet::OpenLane> lanes_;
};

}  // namespace

Result<std::vector<fleet::OpenLane>> lanes_for(const graph::Network& network,
                                               const Options& options,
                                               std::vector<std::string>& warnings) {
  return Chooser{network, options, warnings}.choose();
}

}  // namespace yolofleet
