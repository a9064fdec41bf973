#pragma once

#include <cstddef>
#include <string_view>

#include "yolofleet/export.hpp"

namespace yolofleet {

/// Levenshtein's distance: the fewest bytes to insert, remove or replace that make `to` of `from`.
/// Of each text only the first 64 bytes count, which bounds the work. Thread-safe.
YOLOFLEET_API std::size_t edit_distance(std::string_view from, std::string_view to);

}  // namespace yolofleet
