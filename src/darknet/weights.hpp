#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// Fills a network's weights from a .weights file: three 32-bit numbers (major, minor, revision),
/// the count of pictures seen (64 bits if major * 10 + minor is 2 or more, else 32), then layer by
/// layer 32-bit floats, all little endian: of a convolution bias, with batch normalisation scale,
/// mean and variance, then the kernel; nothing of one with `share_index`; of a weighted shortcut
/// its weights. Formulas: Darknet, src/parser.c, load_weights_upto. The file's size is compared
/// with the network before memory is taken; each float is read directly to its place.
/// Bytes left over are an error, or with `allow_trailing` a warning.
/// Errors, naming the file and where it applies layer, line and array: kNotFound, kIo,
/// kMalformed (no such header, or a file of another known kind (file_kind.hpp); NaN, infinity, or a
/// variance whose sum with the epsilon of batch normalisation isn't positive), kMismatch (too short
/// or too long for this network).
Result<void> read_weights(const std::filesystem::path& file, graph::Network& network,
                          bool allow_trailing, std::vector<std::string>& warnings);

}  // namespace yolofleet::darknet
