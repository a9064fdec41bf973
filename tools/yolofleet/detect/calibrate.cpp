#include "detect/calibrate.hpp"

#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "input/read.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kMostPictures = 32;
constexpr std::size_t kMostLookedAt = 64;
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

}  // namespace

BenchPictures first_pictures(Inputs& inputs, const DecodeLimits& limits) {
  BenchPictures pictures;
  std::size_t room = kMostBytes;
  for (std::size_t i = 0; i < kMostLookedAt && pictures.files.size() < kMostPictures; ++i) {
    const auto entry = inputs.next();
    if (!entry) {
      break;
    }
    std::error_code ignored;
    if (entry->error || entry->standard_input ||
        !std::filesystem::is_regular_file(entry->name, ignored)) {
      continue;
    }
    auto bytes = read_file(std::filesystem::absolute(entry->name), -1, room);
    if (bytes && Image::decode(*bytes, limits)) {
      room -= bytes->size();
      pictures.files.push_back({entry->name, *std::move(bytes)});
    }
  }
  inputs.rewind();
  return pictures;
}

Result<std::vector<std::optional<double>>> calibrate(const Model& model, const Options& options,
                                                     const BenchPictures& pictures,
                                                     const CalibrationTalk& talk) {
  const auto devices = devices_of(options);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  std::vector<std::optional<double>> alone;
  for (const std::string& device : *devices) {
    std::optional<double>& rate = alone.emplace_back();
    if (talk.stop()) {
      continue;
    }
    talk.about(device);
    Options of_one = options;
    of_one.devices = device;
    auto measured = bench_devices(model, of_one, pictures, kCalibrationSeconds, talk.stop);
    if (measured) {
      rate = measured->per_second;
    } else if (options.on_device_error == OnDeviceError::kFail &&
               measured.error().code != ErrorCode::kCancelled) {
      return tl::unexpected(std::move(measured).error());
    }
  }
  return alone;
}

}  // namespace yolofleet::command
