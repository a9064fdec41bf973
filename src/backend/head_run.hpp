#pragma once

#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::backend {

/// Runs a network on one device from pixels to the inputs of its heads. One thread at a time.
class HeadRun {
 public:
  HeadRun() = default;
  HeadRun(const HeadRun&) = delete;
  HeadRun& operator=(const HeadRun&) = delete;
  virtual ~HeadRun() = default;

  /// Returns the input of each head, in the order of Network::heads(): channels x height x width
  /// floats, before any sigmoid. Precondition: `picture` is a valid view. Errors: kDevice, also if
  /// the device has no memory left.
  virtual Result<std::vector<std::vector<float>>> run(const ImageView& picture) = 0;
  /// As LaneInfo::description.
  virtual const std::string& description() const noexcept = 0;
};

}  // namespace yolofleet::backend
