#include "bench/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "bench/frames.hpp"
#include "shared/text.hpp"
#include "yolofleet/speed.hpp"

namespace yolofleet::command {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::duration<double> kWarmUp{1};

/// Submits pictures from a thread of its own until it is stopped.
class Feeder {
 public:
  Feeder(Detector& detector, const BenchPictures& pictures, const std::vector<PixelView>& frames)
      : detector_(detector), pictures_(pictures), frames_(frames), thread_([this] { feed(); }) {}
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;
  ~Feeder() {
    stop();
    thread_.join();
  }

  /// The Detector finishes the pictures in progress, and takes no more.
  void stop() { detector_.finish(); }

 private:
  Picture picture(std::size_t i) const {
    if (!pictures_.files.empty()) {
      return pictures_.files[i % pictures_.files.size()].bytes;
    }
    return std::visit([](const auto& view) { return Picture{view}; }, frames_[i % frames_.size()]);
  }

  void feed() {
    for (std::size_t i = 0;; ++i) {
      if (!detector_.submit(picture(i))) {
        return;  // stopped
      }
    }
  }

  Detector& detector_;
  const BenchPictures& pictures_;
  const std::vector<PixelView>& frames_;
  std::thread thread_;
};

/// The error, preceded by the name of the file. Precondition: there are files.
tl::unexpected<Error> of_file(const BenchPictures& pictures, std::size_t index, Error error) {
  error.message = pictures.files[index % pictures.files.size()].name + ": " + error.message;
  return tl::unexpected(std::move(error));
}

/// Takes results for a time; returns results per second, or the first error.
Result<double> take_for(Detector& detector, const BenchPictures& pictures,
                        std::chrono::duration<double> time) {
  const auto begin = Clock::now();
  std::size_t taken = 0;
  while (Clock::now() - begin < time) {
    const auto result = detector.next();
    if (!result) {
      break;
    }
    if (result->error) {
      return pictures.files.empty() ? tl::unexpected(*result->error)
                                    : of_file(pictures, result->index, *result->error);
    }
    ++taken;
  }
  return static_cast<double>(taken) / std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The pictures for a lane. Errors: that of the first file that can't be decoded.
Result<BenchFrames> frames_for_lane(const BenchPictures& pictures, const BenchRun& run) {
  BenchFrames frames;
  if (pictures.files.empty()) {
    frames.make_up(pictures, run.pixels, nullptr);
  }
  for (std::size_t i = 0; i < std::min(pictures.files.size(), kBenchFrames); ++i) {
    auto decoded = frames.decode(pictures.files[i], run.pixels, {run.options.max_pixels});
    if (!decoded) {
      return of_file(pictures, i, std::move(decoded).error());
    }
  }
  return frames;
}

Result<DeviceSpeed> speed_of(const Model& model, const BenchPictures& pictures,
                             const BenchRun& run) {
  if (run.part == BenchPart::kEngine) {
    return engine_speed(model, run.options, run.seconds);
  }
  return frames_for_lane(pictures, run).and_then([&](const BenchFrames& frames) {
    return lane_speed(model, run.options, frames.views(), run.seconds);
  });
}

/// A result without its measurement.
BenchResult result_of(const BenchRun& run) {
  BenchResult result;
  result.part = run.part;
  result.asked = run.options.devices;
  result.batch = run.options.batch;
  result.slots = run.options.slots;
  return result;
}

/// The sum of the speeds of these devices, each measured alone in `part`; 0 if one wasn't measured
/// with the batch, slots and pixels of `like`.
double sum_of(const std::vector<BenchResult>& results, const BenchResult& like, BenchPart part,
              const std::vector<std::string>& devices) {
  double sum = 0;
  for (const std::string& device : devices) {
    const auto alone = std::find_if(results.begin(), results.end(), [&](const BenchResult& result) {
      return result.part == part && result.asked == device && result.batch == like.batch &&
             result.slots == like.slots &&
             (part == BenchPart::kEngine || result.pixels == like.pixels);
    });
    if (alone == results.end()) {
      return 0;
    }
    sum += alone->per_second;
  }
  return sum;
}

double part_of(const BenchResult& result, double sum) {
  return sum > 0 ? result.per_second / sum : 0;
}

/// The engine or lane of one device.
Result<BenchResult> measure_alone(const Model& model, const BenchPictures& pictures,
                                  const BenchRun& run) {
  auto speed = speed_of(model, pictures, run);
  if (!speed) {
    return tl::unexpected(std::move(speed).error());
  }
  BenchResult result = result_of(run);
  if (run.part == BenchPart::kLane) {
    result.pixels = run.pixels;
  }
  result.per_second = speed->per_second;
  result.devices.push_back(std::move(speed->description));
  result.warnings = std::move(speed->warnings);
  result.report.seconds = speed->seconds;
  DeviceReport& device = result.report.devices.emplace_back();
  device.device = std::move(speed->device);
  device.batches = speed->batches;
  device.mean_batch = static_cast<double>(speed->batch);
  device.pictures = speed->batches * speed->batch;
  device.share = 1;
  device.stages = std::move(speed->stages);
  device.uploaded_bytes = speed->uploaded_bytes;
  return result;
}

/// A Detector.
Result<BenchResult> measure_devices(const Model& model, const BenchPictures& pictures,
                                    const BenchRun& run) {
  auto detector = Detector::open(model, run.options);
  if (!detector) {
    return tl::unexpected(std::move(detector).error());
  }
  BenchResult result = result_of(run);
  BenchFrames frames;
  if (pictures.files.empty()) {
    frames.make_up(pictures, run.pixels, detector->pixel_memory());
    result.pixels = run.pixels;
  }
  result.devices.assign(detector->devices().begin(), detector->devices().end());
  result.warnings.assign(detector->warnings().begin(), detector->warnings().end());
  Feeder feeder{*detector, pictures, frames.views()};
  const auto rate = take_for(*detector, pictures, kWarmUp).and_then([&](double) {
    return take_for(*detector, pictures, std::chrono::duration<double>{run.seconds});
  });
  result.report = detector->report();
  feeder.stop();
  while (detector->next()) {  // the frames must outlive the pictures in progress
  }
  if (!rate) {
    return tl::unexpected(rate.error());
  }
  result.per_second = *rate;
  return result;
}

}  // namespace

std::string frame_size() {
  const BenchPictures pictures;
  return fmt::format("{}x{}", pictures.width, pictures.height);
}

const char* name_of(BenchPart part) {
  return part == BenchPart::kEngine ? "engine" : part == BenchPart::kLane ? "lane" : "fleet";
}

const char* name_of(BenchPixels pixels) {
  return pixels == BenchPixels::kRgb ? "rgb" : "planes";
}

Result<BenchResult> measure(const Model& model, const BenchPictures& pictures,
                            const BenchRun& run) {
  return run.part == BenchPart::kFleet ? measure_devices(model, pictures, run)
                                       : measure_alone(model, pictures, run);
}

double uploaded_bytes(const BenchResult& result) {
  double bytes = 0;
  double pictures = 0;
  for (const DeviceReport& device : result.report.devices) {
    if (device.uploaded_bytes > 0) {
      bytes += static_cast<double>(device.uploaded_bytes);
      pictures += static_cast<double>(device.pictures);
    }
  }
  return pictures > 0 ? bytes / pictures : 0;
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
  std::vector<std::string> warnings = warnings_of(rounds);
  const auto middle = rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2);
  std::nth_element(rounds.begin(), middle, rounds.end(),
                   [](const auto& a, const auto& b) { return a.per_second < b.per_second; });
  middle->warnings = std::move(warnings);
  return std::move(*middle);
}

void compare(std::vector<BenchResult>& results) {
  const std::vector<BenchResult> all = results;
  for (BenchResult& result : results) {
    const std::vector<std::string> names = split_list(result.asked);
    if (names.size() > 1) {
      result.of_sum = part_of(result, sum_of(all, result, result.part, names));
    }
    if (result.part != BenchPart::kEngine) {
      result.of_engine = part_of(result, sum_of(all, result, BenchPart::kEngine, names));
    }
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

}  // namespace yolofleet::command
