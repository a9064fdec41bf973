#pragma once

#include <span>
#include <string_view>

#include "darknet/option_reader.hpp"
#include "graph/operations.hpp"

/// Darknet's sections and keys, and what yolofleet does with each. The keys of a supported layer
/// stand with its converter, in darknet/layers/.
namespace yolofleet::darknet {

/// The way that yolofleet treats a key.
enum class KeyRole {
  kUsed,         ///< read by the section's converter
  kIgnored,      ///< matters only in training or to Darknet's own program
  kDead,         ///< Darknet doesn't read it here, but people's files have it: a warning
  kUnsupported,  ///< would change the result: only 0, which has no effect, is accepted
  kRefused,      ///< would change the result with any value: an error
};

struct Key {
  std::string_view name;
  KeyRole role = KeyRole::kUsed;
};

/// Converts a section to an operation; the reader keeps the first error.
using Converter = graph::Operation (*)(OptionReader& reader);

/// A section that Darknet knows.
struct SectionKind {
  std::string_view name;
  std::span<const Key> keys;    ///< without those that every layer may have
  Converter convert = nullptr;  ///< null: not supported
};

std::span<const Key> net_keys() noexcept;
/// The keys that every layer may have in addition to its own.
std::span<const Key> every_layer_keys() noexcept;
/// Keys that are common in people's files although no version of Darknet reads them there.
std::span<const Key> dead_keys() noexcept;
/// All sections of Darknet but [net] and [network], supported or not.
std::span<const SectionKind> layer_kinds();

}  // namespace yolofleet::darknet
