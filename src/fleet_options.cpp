#include "fleet_options.hpp"

#include <chrono>
#include <utility>

namespace yolofleet {

fleet::FleetOptions fleet_options(const Options& options, fleet::DecodeOptions decode) {
  const std::chrono::duration<double, std::milli> max_wait{options.max_wait_ms};
  fleet::FleetOptions fleet;
  fleet.max_wait = std::chrono::duration_cast<fleet::Clock::duration>(max_wait);
  fleet.ordered = options.ordered;
  fleet.keep_pixels = options.keep_pixels;
  fleet.on_device_error = options.on_device_error;
  fleet.self_test = options.self_test;
  fleet.max_detections = options.max_detections;
  fleet.decode = std::move(decode);
  return fleet;
}

}  // namespace yolofleet
