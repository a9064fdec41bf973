#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "darknet/cfg_text.hpp"
#include "darknet/warnings.hpp"
#include "graph/operations.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// A range with both ends included.
template <typename T>
struct Range {
  T least;
  T most;
};

/// A word that is allowed as a value, and its meaning.
template <typename T>
using Word = std::pair<std::string_view, T>;

/// A number at the start of a text, and the text after it.
template <typename T>
struct Numeral {
  T value;
  std::string_view taken;
  std::string_view rest;
};

/// Reads the options of one section as values; a missing key has its default. The reader keeps the
/// first wrong value as the section's error, with file, line, key, the value found and what is
/// allowed. Values that are read after an error are meaningless. Text after a number is left out,
/// as Darknet's atoi and atof do, with a warning; text that doesn't start with a number is wrong.
class OptionReader {
 public:
  /// `index` is the layer's index; relative layer numbers count from it. `section`, `file` and
  /// `warnings` must outlive the reader.
  OptionReader(const CfgSection& section, std::string_view file, std::vector<std::string>& warnings,
               int index = 0)
      : section_(section), file_(file), warnings_(warnings), index_(index) {}

  bool has(std::string_view key) const noexcept { return section_.find(key) != nullptr; }

  /// A whole number in decimal.
  int integer(std::string_view key, int fallback, Range<int> allowed);
  int required_integer(std::string_view key, Range<int> allowed);
  /// Whether a whole number isn't 0.
  bool flag(std::string_view key);
  float number(std::string_view key, float fallback, Range<float> allowed);
  /// A comma-separated list of 1 to `most` numbers; the key is required.
  std::vector<int> integers(std::string_view key, Range<int> allowed, std::size_t most);
  /// As `integers`; a comma at the end is allowed, as in Darknet.
  std::vector<float> numbers(std::string_view key, Range<float> allowed, std::size_t most);
  /// A list of layers before this one: by index, or if negative, relative to this layer. Returns
  /// absolute indices, at most limits::kMaxSources. The key is required.
  std::vector<int> earlier_layers(std::string_view key);
  /// As `earlier_layers`, but exactly one.
  int earlier_layer(std::string_view key);
  /// The `activation` key.
  graph::Activation activation(graph::Activation fallback,
                               std::initializer_list<graph::Activation> unsupported = {});

  template <typename T, std::size_t kCount>
  T word(std::string_view key, T fallback, const std::array<Word<T>, kCount>& allowed) {
    const CfgOption* const option = section_.find(key);
    if (option == nullptr) {
      return fallback;
    }
    std::string list;
    for (const auto& [name, value] : allowed) {
      if (name == option->value) {
        return value;
      }
      list += (list.empty() ? "" : ", ") + std::string{name};
    }
    refuse(ErrorCode::kUnsupported, key, fmt::format("must be one of {}", list));
    return fallback;
  }

  /// The `antialiasing` key: 0, 1 or 2.
  graph::Blur blur();

  /// Keeps an error unless there is one already: "file:line: [section] key=value: why". If the
  /// section has no such key, the line is that of the section.
  void refuse(ErrorCode code, std::string_view key, std::string_view why);

  /// Adds a warning of the same form.
  void warn(std::string_view key, std::string_view why) {
    add_warning(warnings_, message(key, why));
  }

  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  std::string message(std::string_view key, std::string_view why) const;
  /// The comma-separated parts of a value; refuses an absent key, an empty value and more than
  /// `most` (an empty one at the end doesn't count), and gives none then.
  std::vector<std::string_view> parts(std::string_view key, std::size_t most);
  /// The numbers of a list's parts; `must` is for the message about a wrong one.
  template <typename T>
  std::vector<T> numbers_of(std::string_view key, std::span<const std::string_view> found,
                            std::string_view must, Range<T> allowed);
  /// The number; warns if there is text after it.
  template <typename T>
  T without_rest(std::string_view key, const Numeral<T>& read);

  const CfgSection& section_;
  std::string_view file_;
  std::vector<std::string>& warnings_;
  int index_;
  std::optional<Error> error_;
};

}  // namespace yolofleet::darknet
