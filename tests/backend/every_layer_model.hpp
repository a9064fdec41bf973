#pragma once

#include <filesystem>
#include <string>

#include "yolofleet/model.hpp"

namespace yolofleet::backend {

/// A made-up cfg of a network of 96 x 64 with every kind of layer, every activation and every form
/// of head that is known, most with their less usual options. Its first head is given all
/// activations side by side, so that none of them hides behind others.
std::string every_layer_cfg();

/// Writes the cfg and generated weights, always the same, into `folder`, which is made. Throws
/// std::runtime_error. The sizes of the weights keep all layers' values between about 0.1 and 20,
/// so that a layer that is wrong shows in the heads, and FP16 has room.
ModelFiles write_every_layer_model(const std::filesystem::path& folder);

}  // namespace yolofleet::backend
