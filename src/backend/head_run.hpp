#pragma once

#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::backend {

/// A device's way from pixels to what the heads are given. One thread at a time.
class HeadRun {
 public:
  HeadRun() = default;
  HeadRun(const HeadRun&) = delete;
  HeadRun& operator=(const HeadRun&) = delete;
  virtual ~HeadRun() = default;

  /// For each of Network::heads() its channels x height x width floats, before any sigmoid.
  /// Precondition: a valid view. Errors: kDevice, also where the device has no memory
  /// left.
  virtual Result<std::vector<std::vector<float>>> run(const ImageView& picture) = 0;
  /// As LaneInfo::description.
  virtual const std::string& description() const noexcept = 0;
};

}  // namespace yolofleet::backend
