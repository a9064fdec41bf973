#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::darknet {

/// Where a cfg's text comes from.
struct CfgSource {
  std::string file;  ///< as messages call it
  std::string name;  ///< the network's
};

/// Makes a checked network, without weights, of a cfg's text. Uses `options.input_size` and
/// `options.allow_unknown_keys`; adds to `warnings` what deserves a look.
/// Errors, each with file and line: kMalformed, kUnsupported, kMismatch, kTooLarge;
/// kInvalidArgument for an input size that doesn't fit.
Result<graph::Network> network_from_cfg(std::string_view text, const CfgSource& source,
                                        const LoadOptions& options,
                                        std::vector<std::string>& warnings);

/// The same from a file; its name without the ending is the network's. Errors: also kNotFound, kIo.
Result<graph::Network> read_cfg(const std::filesystem::path& file, const LoadOptions& options,
                                std::vector<std::string>& warnings);

}  // namespace yolofleet::darknet
