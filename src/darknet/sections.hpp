#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "darknet/cfg_text.hpp"
#include "darknet/section_tables.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// The input of a check of a section's keys, in addition to the section.
struct CheckContext {
  std::string_view file;
  bool allow_unknown = false;
  std::vector<std::string>& warnings;
};

/// The names of the supported sections: "convolutional, conv, route ...".
std::string supported_sections();

/// The section of that name; null if Darknet has no such section. "net" and "network" are no
/// layers: null.
const SectionKind* find_layer_kind(std::string_view name);
/// The name of a section, supported or not, that is most similar to `name` (fewest edits).
std::string_view nearest_section(std::string_view name);

/// Checks each key of a layer's section against the tables. Errors, with file, line, section, key
/// and value: kUnsupported (a key that would change the result; an unknown one, with the nearest
/// known key, unless `allow_unknown`). Dead and allowed unknown keys add a warning.
Result<void> check_layer_keys(const CfgSection& section, const SectionKind& kind,
                              const CheckContext& context);
/// The same for [net].
Result<void> check_net_keys(const CfgSection& section, const CheckContext& context);

}  // namespace yolofleet::darknet
