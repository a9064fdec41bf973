#pragma once

#include <filesystem>
#include <string>

#include "yolofleet/model.hpp"

namespace yolofleet::backend {

/// A made-up cfg of a network of 96 x 64 with every kind of layer, every activation and every form
/// of head, most with their less usual options. The first head's input contains the outputs of all
/// activations, so that an error in one of them can't be hidden by others.
std::string every_layer_cfg();

/// Another size of its input. Nearly all sizes of its layers are odd, or were rounded.
inline constexpr InputSize kUnevenInputSize{87, 63};

/// Creates `folder` and writes the cfg and generated weights, always the same, into it. The weights
/// keep all layers' values between about 0.1 and 20, so that a wrong layer changes the heads and
/// FP16 doesn't overflow. Throws std::runtime_error.
ModelFiles write_every_layer_model(const std::filesystem::path& folder);

}  // namespace yolofleet::backend
