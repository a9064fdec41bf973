// How many pictures a second a Detector gets through, and what CPU time each takes.
// Prints one JSON object; compare_opencv.py runs it.
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>
#include <yolofleet/yolofleet.hpp>

namespace {

namespace yf = yolofleet;
using Clock = std::chrono::steady_clock;

constexpr const char* kUsage =
    "usage: throughput MODEL_FOLDER fp32|bf16 pixels|files|scaled SECONDS PICTURE...\n"
    "pixels: the pictures are decoded before the clock starts; files: while it runs; scaled: so, "
    "with DecodeScale::kAuto\n";

/// The value, or its error as an exception for `main`.
template <typename T>
T take(yf::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

yf::EncodedImage read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string(path) + ": can't be read");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Hands the same pictures in again and again, and counts what comes out.
class Runner {
 public:
  Runner(yf::Detector& detector, bool decode, std::span<const char* const> paths)
      : detector_(detector), decode_(decode) {
    for (const char* path : paths) {
      if (decode_) {
        files_.push_back(read_file(path));
      } else {
        images_.push_back(take(yf::Image::load(path)));
      }
    }
  }

  /// Keeps the detector full for a time, then takes what is left. Returns the pictures done.
  std::size_t run(std::chrono::duration<double> time) {
    const auto end = Clock::now() + time;
    std::size_t under_way = 0;
    std::size_t done = 0;
    while (under_way > 0 || Clock::now() < end) {
      if (under_way < detector_.capacity() && Clock::now() < end) {
        submit();
        ++under_way;
        continue;
      }
      const auto result = detector_.next();
      if (!result) throw std::runtime_error("a result is missing");
      if (result->error) throw std::runtime_error(result->error->message);
      detections_ += result->detections.size();
      --under_way;
      ++done;
    }
    return done;
  }

  std::size_t detections() const { return detections_; }

 private:
  void submit() {
    const std::size_t index = submitted_++ % (decode_ ? files_.size() : images_.size());
    const auto accepted =
        decode_ ? detector_.submit(files_[index]) : detector_.submit(images_[index].view());
    if (!accepted) throw std::runtime_error(accepted.error().message);
  }

  yf::Detector& detector_;
  bool decode_;
  std::vector<yf::Image> images_;
  std::vector<yf::EncodedImage> files_;
  std::size_t submitted_ = 0;
  std::size_t detections_ = 0;
};

/// CPU time of all threads of this process so far, in seconds.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Seconds of a picture in each stage; of one thread, and with the warm-up.
nlohmann::json stages_of(const yf::Detector& detector) {
  nlohmann::json stages;
  const yf::FleetReport report = detector.report();
  const yf::DeviceReport& device = report.devices.front();
  for (const yf::StageReport& stage : device.stages) {
    stages[stage.stage] = stage.seconds / static_cast<double>(device.pictures);
  }
  return stages;
}

nlohmann::json measure(std::span<const char* const> arguments) {
  const auto model = take(yf::Model::load(arguments[0]));
  yf::Options options;
  options.devices = "cpu";
  options.precision =
      std::string_view(arguments[1]) == "bf16" ? yf::Precision::kBf16 : yf::Precision::kFp32;
  const std::string_view input = arguments[2];
  options.decode_scale = input == "scaled" ? yf::DecodeScale::kAuto : yf::DecodeScale::kOff;
  auto detector = take(yf::Detector::open(model, options));
  Runner runner(detector, input != "pixels", arguments.subspan(4));

  constexpr std::chrono::duration<double> kWarmUp(1);
  runner.run(kWarmUp);
  const auto begin = Clock::now();
  const double cpu_begin = cpu_seconds();
  const std::size_t pictures = runner.run(std::chrono::duration<double>(std::stod(arguments[3])));
  const std::chrono::duration<double> seconds = Clock::now() - begin;
  return {{"device", detector.devices().front()},
          {"pictures", pictures},
          {"detections", runner.detections()},
          {"per_second", static_cast<double>(pictures) / seconds.count()},
          {"stages", stages_of(detector)},
          {"cpu_seconds_each", (cpu_seconds() - cpu_begin) / static_cast<double>(pictures)}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << kUsage;
    return 2;
  }
  try {
    const std::vector<const char*> arguments(argv + 1, argv + argc);
    std::cout << measure(arguments) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "throughput: " << error.what() << '\n';
    return 1;
  }
}
