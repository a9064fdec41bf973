#pragma once

#include <string>
#include <vector>

#include "fleet/fleet.hpp"
#include "graph/network.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

struct Lanes {
  std::vector<fleet::OpenLane> lanes;
  std::vector<std::size_t> gpus;  ///< those of `list_gpus()` that are among them
};

/// The lanes that `options.devices` asks for, ready to be opened. What is accepted but deserves a
/// look is added to `warnings`. `network` and `options` must outlive the opening. Errors: kNotFound
/// (no such device, and which there are; or why no GPU can be used), kInvalidArgument (a device
/// twice).
Result<Lanes> lanes_for(const graph::Network& network, const Options& options,
                        std::vector<std::string>& warnings);

}  // namespace yolofleet
