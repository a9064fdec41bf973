#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backend/lane.hpp"

namespace yolofleet::fleet {

/// A lane that can be opened.
struct OpenLane {
  std::string device;  ///< "cuda:0"
  /// Opens it; it hands its finished batches to the given function. What is accepted but deserves a
  /// look is added to `warnings`. Called once, at the same time as those of other lanes.
  std::function<Result<std::unique_ptr<backend::Lane>>(const backend::OnFinished& on_finished,
                                                       std::vector<std::string>& warnings)>
      open;
};

/// What came of it.
struct OpenedLane {
  Result<std::unique_ptr<backend::Lane>> lane;
  std::vector<std::string> warnings;
};

/// Opens all of them, one thread each, and waits until the last one is done.
/// `on_finished(i)` is for the i-th.
std::vector<OpenedLane> open_side_by_side(
    const std::vector<OpenLane>& lanes,
    const std::function<backend::OnFinished(std::size_t)>& on_finished);

/// "no memory" of "cuda:1: no memory".
std::string without_device(const std::string& device, const std::string& message);

/// "cuda:1 isn't used: no memory".
std::string not_used(const std::string& device, const Error& error);

}  // namespace yolofleet::fleet
