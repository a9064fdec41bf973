#pragma once

#include <vector>

#include "backend/device.hpp"

namespace yolofleet::backend {

/// The devices of every back end of this build, anew at each call. The back ends stand in
/// src/backend/CMakeLists.txt, one line each, and are listed in that order.
std::vector<Listing> list_all_devices();

}  // namespace yolofleet::backend
