#include "bench_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <thread>
#include <utility>

namespace yolofleet::command {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFrames = 64;
constexpr std::chrono::duration<double> kWarmUp{1};

/// Random: zeros would flatter.
std::vector<Image> make_frames(const BenchPictures& pictures,
                               const std::shared_ptr<PixelMemory>& memory) {
  std::vector<Image> frames;
  std::mt19937 random{1};
  for (std::size_t i = 0; i < kFrames; ++i) {
    Image& frame = frames.emplace_back(pictures.width, pictures.height, PixelFormat::kRgb, memory);
    for (std::uint8_t& byte : frame.pixels()) {
      byte = static_cast<std::uint8_t>(random());
    }
  }
  return frames;
}

/// Hands pictures in, from a thread of its own, until it is told to stop.
class Feeder {
 public:
  Feeder(Detector& detector, const BenchPictures& pictures, const std::vector<Image>& frames)
      : detector_(detector), pictures_(pictures), frames_(frames), thread_([this] { feed(); }) {}
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;
  ~Feeder() {
    stop();
    thread_.join();
  }

  /// The Detector gives what is under way, and then nothing more.
  void stop() { detector_.finish(); }

 private:
  void feed() {
    for (std::size_t i = 0;; ++i) {
      const auto accepted = pictures_.files.empty()
                                ? detector_.submit(frames_[i % frames_.size()].view())
                                : detector_.submit(pictures_.files[i % pictures_.files.size()]);
      if (!accepted) {
        return;  // it was told to stop
      }
    }
  }

  Detector& detector_;
  const BenchPictures& pictures_;
  const std::vector<Image>& frames_;
  std::thread thread_;
};

/// Takes results for a time; how many a second, or the first error.
Result<double> take_for(Detector& detector, std::chrono::duration<double> time) {
  const auto begin = Clock::now();
  std::size_t taken = 0;
  while (Clock::now() - begin < time) {
    const auto result = detector.next();
    if (!result) {
      break;
    }
    if (result->error) {
      return tl::unexpected(*result->error);
    }
    ++taken;
  }
  return static_cast<double>(taken) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

Result<BenchResult> bench_devices(const Model& model, const Options& options,
                                  const BenchPictures& pictures, double seconds) {
  auto detector = Detector::open(model, options);
  if (!detector) {
    return tl::unexpected(std::move(detector).error());
  }
  const std::vector<Image> frames = pictures.files.empty()
                                        ? make_frames(pictures, detector->pixel_memory())
                                        : std::vector<Image>{};
  BenchResult result;
  result.asked = options.devices;
  result.batch = options.batch;
  result.devices.assign(detector->devices().begin(), detector->devices().end());
  result.warnings.assign(detector->warnings().begin(), detector->warnings().end());
  Feeder feeder{*detector, pictures, frames};
  const auto rate = take_for(*detector, kWarmUp).and_then([&](double) {
    return take_for(*detector, std::chrono::duration<double>{seconds});
  });
  result.report = detector->report();
  feeder.stop();
  while (detector->next()) {  // the frames must outlive what is under way
  }
  if (!rate) {
    return tl::unexpected(rate.error());
  }
  result.per_second = *rate;
  return result;
}

std::vector<std::string> named_devices(const std::string& list,
                                       const std::vector<DeviceInfo>& present) {
  std::vector<std::string> names;
  if (list == "auto" || list == "all") {
    for (const DeviceInfo& device : present) {  // GPUs first
      if (device.unavailable.empty() && (device.id != "cpu" || list == "all" || names.empty())) {
        names.push_back(device.id);
      }
    }
    return names;
  }
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    names.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return names;
}

std::vector<std::string> device_sets(const std::vector<std::string>& names) {
  std::vector<std::string> sets = names;
  std::string together;
  for (std::size_t i = 0; i < names.size(); ++i) {
    together += (i == 0 ? "" : ",") + names[i];
    if (i > 0) {
      sets.push_back(together);
    }
  }
  return sets;
}

BenchResult median_of(std::vector<BenchResult> rounds) {
  const auto middle = rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2);
  std::nth_element(rounds.begin(), middle, rounds.end(),
                   [](const auto& a, const auto& b) { return a.per_second < b.per_second; });
  return std::move(*middle);
}

void compare_with_sum(std::vector<BenchResult>& results, std::size_t devices) {
  double sum = devices > 0 ? results[0].per_second : 0;
  for (std::size_t device = 1; device < devices; ++device) {
    sum += results[device].per_second;
    BenchResult& together = results[devices + device - 1];
    together.of_sum = together.per_second / sum;
  }
}

std::vector<std::string> warnings_of(const std::vector<BenchResult>& results) {
  std::vector<std::string> warnings;
  for (const BenchResult& result : results) {
    for (const std::string& warning : result.warnings) {
      if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) {
        warnings.push_back(warning);
      }
    }
  }
  return warnings;
}

std::string bench_table(const std::vector<BenchResult>& results) {
  std::string text = fmt::format("{:<28} {:>6} {:>12} {:>8}   {}\n", "devices", "batch",
                                 "pictures/s", "of sum", "mean batch, busy of each");
  for (const BenchResult& result : results) {
    std::string each;
    for (const DeviceReport& device : result.report.devices) {
      const double busy =
          result.report.seconds > 0 ? 100 * device.busy_seconds / result.report.seconds : 0;
      each += fmt::format("{}{:.1f}, {:.0f} %", each.empty() ? "" : "; ", device.mean_batch, busy);
    }
    text +=
        fmt::format("{:<28} {:>6} {:>12.1f} {:>8}   {}\n", result.asked,
                    result.batch == 0 ? "auto" : std::to_string(result.batch), result.per_second,
                    result.of_sum > 0 ? fmt::format("{:.3f}", result.of_sum) : "", each);
  }
  return text;
}

}  // namespace yolofleet::command
