#pragma once

#include <memory>

#include "fleet/clock.hpp"
#include "fleet/open_lanes.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::fleet {

struct SelfTestOptions {
  OnDeviceError on_device_error{};
  Clock::duration limit{};  ///< how long a lane may take for one picture
  int max_detections = 0;   ///< of the lanes; 0: no limit
  /// The pixel memory. It is kept as long as a lane that was given up: freeing page-locked memory
  /// may block as long as the lane's device doesn't answer.
  std::shared_ptr<PixelMemory> memory;
};

/// Runs `test_picture()` on every lane in use, all at the same time, compares the detections, and
/// dismisses lanes that fail or differ from the majority: Options::self_test. Does nothing if fewer
/// than two lanes are in use. A lane that doesn't answer within the limit is handed to a detached
/// thread, which destroys it.
///
/// Errors: that of the first lane that fails; with OnDeviceError::kContinue only if all fail.
/// kDevice: the lanes differ, and no majority agrees.
Result<void> self_test(OpenedLanes& lanes, const SelfTestOptions& options);

}  // namespace yolofleet::fleet
