#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::darknet {

/// The origin of a cfg's text.
struct CfgSource {
  std::string file;  ///< its name in messages
  std::string name;  ///< the name of the network
};

/// Parses and checks a cfg; the network has no weights yet. Uses `options.input_size` and
/// `options.allow_unknown_keys`. Adds a warning for each thing that may be a mistake.
/// Errors, each with file and line: kMalformed, kUnsupported, kMismatch, kTooLarge;
/// kInvalidArgument for an input size that doesn't fit.
Result<graph::Network> network_from_cfg(std::string_view text, const CfgSource& source,
                                        const LoadOptions& options,
                                        std::vector<std::string>& warnings);

/// The same for a file; the network is named after it, without the ending. Errors: also kNotFound,
/// kIo; the message of kMalformed says if it is a file of another known kind (file_kind.hpp).
Result<graph::Network> read_cfg(const std::filesystem::path& file, const LoadOptions& options,
                                std::vector<std::string>& warnings);

}  // namespace yolofleet::darknet
