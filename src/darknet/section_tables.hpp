#pragma once

#include <span>
#include <string_view>

#include "darknet/option_reader.hpp"
#include "graph/operations.hpp"

/// What Darknet's sections and their keys mean to us. A new layer adds a line and its keys here.
namespace yolofleet::darknet {

/// What becomes of a key.
enum class KeyRole {
  kUsed,         ///< read by the section's converter
  kIgnored,      ///< means something in training or to Darknet's own run only
  kDead,         ///< Darknet itself doesn't read it here, but people's files have it: a warning
  kUnsupported,  ///< would change the result: only 0, its value without effect, is taken
  kRefused,      ///< would change the result with any value
};

struct Key {
  std::string_view name;
  KeyRole role = KeyRole::kUsed;
};

/// Makes an operation of a section; on the first bad value the reader holds the error.
using Converter = graph::Operation (*)(OptionReader& reader);

/// A section that Darknet knows.
struct SectionKind {
  std::string_view name;
  std::span<const Key> keys;    ///< besides those that every layer has
  Converter convert = nullptr;  ///< null: not supported
};

std::span<const Key> net_keys() noexcept;
/// Those that every layer may have besides its own.
std::span<const Key> every_layer_keys() noexcept;
/// Read by no version of Darknet where they stand, but common in people's files.
std::span<const Key> dead_keys() noexcept;
/// "net" and "network" are not among them.
std::span<const SectionKind> layer_kinds() noexcept;

}  // namespace yolofleet::darknet
