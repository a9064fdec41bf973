#pragma once

#include <memory>

#include "backend/device.hpp"
#include "backend/fake/script.hpp"

namespace yolofleet::backend::fake {

/// A lane with one thread that takes batches in their order. See make_device.
std::unique_ptr<Lane> make_lane(const Script& script, const Workload& work,
                                const OnFinished& on_finished);

}  // namespace yolofleet::backend::fake
