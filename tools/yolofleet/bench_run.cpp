#include "bench_run.hpp"

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

}  // namespace yolofleet::command
