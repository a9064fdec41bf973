#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "darknet/cfg_text.hpp"
#include "darknet/section_tables.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// What a check of keys needs besides the section.
struct CheckContext {
  std::string_view file;
  bool allow_unknown = false;
  std::vector<std::string>& warnings;
};

/// The layers that can be read, as words: "convolutional, conv, route ...".
std::string supported_sections();

/// Null for a name that is no section of Darknet's. "net" and "network" are not layers and not
/// found here.
const SectionKind* find_layer_kind(std::string_view name);
/// The known section, supported or not, whose name needs the fewest edits.
std::string_view nearest_section(std::string_view name);

/// Holds each key of a layer's section against the tables. Errors, with file, line, section, key
/// and value: kUnsupported (a key that would change the result; an unknown one, with the nearest
/// known key, unless `allow_unknown`). Dead and allowed unknown keys add a warning.
Result<void> check_layer_keys(const CfgSection& section, const SectionKind& kind,
                              const CheckContext& context);
/// The same for [net].
Result<void> check_net_keys(const CfgSection& section, const CheckContext& context);

}  // namespace yolofleet::darknet
