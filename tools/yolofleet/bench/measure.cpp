#include "bench/measure.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "shared/text.hpp"
#include "yolofleet/speed.hpp"

namespace yolofleet::command {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFrames = 64;  // also the most files that are decoded beforehand
constexpr std::chrono::duration<double> kWarmUp{1};

/// Random pixels: zeros would be faster than pictures.
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

/// Submits pictures from a thread of its own until it is stopped.
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

  /// The Detector finishes the pictures in progress, and takes no more.
  void stop() { detector_.finish(); }

 private:
  void feed() {
    for (std::size_t i = 0;; ++i) {
      const auto accepted =
          pictures_.files.empty()
              ? detector_.submit(frames_[i % frames_.size()].view())
              : detector_.submit(pictures_.files[i % pictures_.files.size()].bytes);
      if (!accepted) {
        return;  // stopped
      }
    }
  }

  Detector& detector_;
  const BenchPictures& pictures_;
  const std::vector<Image>& frames_;
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
Result<std::vector<Image>> decoded(const BenchPictures& pictures, const DecodeLimits& limits) {
  if (pictures.files.empty()) {
    return make_frames(pictures, nullptr);
  }
  std::vector<Image> images;
  for (std::size_t i = 0; i < std::min(pictures.files.size(), kFrames); ++i) {
    auto image = Image::decode(pictures.files[i].bytes, limits);
    if (!image) {
      return of_file(pictures, i, std::move(image).error());
    }
    images.push_back(*std::move(image));
  }
  return images;
}

Result<DeviceSpeed> speed_of(const Model& model, const Options& options,
                             const BenchPictures& pictures, double seconds, BenchPart part) {
  if (part == BenchPart::kEngine) {
    return engine_speed(model, options, seconds);
  }
  const auto images = decoded(pictures, {options.max_pixels});
  if (!images) {
    return tl::unexpected(images.error());
  }
  std::vector<ImageView> views;
  std::transform(images->begin(), images->end(), std::back_inserter(views),
                 [](const Image& image) { return image.view(); });
  return lane_speed(model, options, views, seconds);
}

/// The sum of the speeds of these devices, each measured alone in `part`; 0 if one wasn't measured
/// with the batch and slots of `like`.
double sum_of(const std::vector<BenchResult>& results, const BenchResult& like, BenchPart part,
              const std::vector<std::string>& devices) {
  double sum = 0;
  for (const std::string& device : devices) {
    const auto alone = std::find_if(results.begin(), results.end(), [&](const BenchResult& result) {
      return result.part == part && result.asked == device && result.batch == like.batch &&
             result.slots == like.slots;
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

}  // namespace

const char* name_of(BenchPart part) {
  return part == BenchPart::kEngine ? "engine" : part == BenchPart::kLane ? "lane" : "fleet";
}

Result<BenchResult> bench_alone(const Model& model, const Options& options,
                                const BenchPictures& pictures, double seconds, BenchPart part) {
  auto speed = speed_of(model, options, pictures, seconds, part);
  if (!speed) {
    return tl::unexpected(std::move(speed).error());
  }
  BenchResult result;
  result.part = part;
  result.asked = options.devices;
  result.batch = options.batch;
  result.slots = options.slots;
  result.per_second = speed->per_second;
  result.devices.push_back(std::move(speed->description));
  result.warnings = std::move(speed->warnings);
  result.report.seconds = speed->seconds;
  DeviceReport& device = result.report.devices.emplace_back();
  device.device = std::move(speed->device);
  device.batches = speed->batches;
  device.mean_batch = static_cast<double>(speed->batch);
  device.share = 1;
  device.stages = std::move(speed->stages);
  return result;
}

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
  result.slots = options.slots;
  result.devices.assign(detector->devices().begin(), detector->devices().end());
  result.warnings.assign(detector->warnings().begin(), detector->warnings().end());
  Feeder feeder{*detector, pictures, frames};
  const auto rate = take_for(*detector, pictures, kWarmUp).and_then([&](double) {
    return take_for(*detector, pictures, std::chrono::duration<double>{seconds});
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
