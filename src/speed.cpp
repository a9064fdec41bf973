#include "yolofleet/speed.hpp"

#include <memory>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "backend/lane_speed.hpp"
#include "base/fail.hpp"
#include "check_options.hpp"

namespace yolofleet {
namespace {

/// The device to measure. Errors: those of engine_speed that show before a device is opened.
Result<std::shared_ptr<backend::Device>> device_to_measure(const Model& model,
                                                           const Options& options, double seconds) {
  if (auto checked = check(model, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (!(seconds > 0)) {  // nor is NaN
    return base::fail(ErrorCode::kInvalidArgument, "seconds is {}; more than 0 is allowed",
                      seconds);
  }
  return choose_one_device(options, backend::list_all_devices());
}

constexpr std::chrono::duration<double> kWarmUp{0.5};  // engine_speed's documentation names it

backend::SpeedRun run_for(double seconds) {
  return {kWarmUp, std::chrono::duration<double>{seconds}};
}

Result<void> check_all(std::span<const PixelView> pictures) {
  if (pictures.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "no pictures to measure with");
  }
  for (const PixelView& picture : pictures) {
    if (auto checked = check(picture); !checked) {
      return checked;
    }
  }
  return {};
}

}  // namespace

Result<DeviceSpeed> engine_speed(const Model& model, const Options& options, double seconds) {
  return device_to_measure(model, options, seconds).and_then([&](const auto& device) {
    return device->measure({model.network(), options}, run_for(seconds));
  });
}

Result<DeviceSpeed> lane_speed(const Model& model, const Options& options,
                               std::span<const PixelView> pictures, double seconds) {
  const auto device = device_to_measure(model, options, seconds);
  if (!device) {
    return tl::unexpected(device.error());
  }
  if (auto checked = check_all(pictures); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  return measure_lane(**device, {model.network(), options}, pictures, run_for(seconds));
}

}  // namespace yolofleet
