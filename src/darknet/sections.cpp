#include "darknet/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "base/fail.hpp"
#include "darknet/section_tables.hpp"
#include "darknet/warnings.hpp"
#include "yolofleet/edit_distance.hpp"

namespace yolofleet::darknet {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

/// Finds the name nearest to `word` in several tables, one after the other; ignores case.
class Nearest {
 public:
  explicit Nearest(std::string_view word) : word_(in_lower_case(word)) {}

  template <typename Table>
  Nearest& in(const Table& table) {
    for (const auto& entry : table) {
      const std::size_t distance = edit_distance(word_, in_lower_case(entry.name));
      if (distance < distance_) {
        distance_ = distance;
        name_ = entry.name;
      }
    }
    return *this;
  }
  std::string_view name() const noexcept { return name_; }

 private:
  std::string word_;
  std::string_view name_;
  std::size_t distance_ = std::numeric_limits<std::size_t>::max();
};

template <typename Table>
auto find_named(const Table& table, std::string_view name) -> decltype(&*table.begin()) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const auto& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : &*found;
}

/// The text after 0, 0.0 and the like; nothing if `text` doesn't start with a zero, or if it may be
/// a hexadecimal number.
std::optional<std::string_view> after_zero(std::string_view text) {
  double value = 1.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  const bool is_hexadecimal = rest.starts_with('x') || rest.starts_with('X');
  return error == std::errc{} && value == 0.0 && !is_hexadecimal ? std::optional{rest}
                                                                 : std::nullopt;
}

/// Checks the value of a key of which only 0 is supported. `place` begins a message.
Result<void> check_zero(std::string_view value, const std::string& place,
                        const CheckContext& context) {
  const auto rest = after_zero(value);
  if (!rest) {
    return base::fail(ErrorCode::kUnsupported, "{}: not supported; only 0 is allowed", place);
  }
  if (!rest->empty()) {
    add_warning(context.warnings,
                fmt::format("{}: 0 is taken, as in Darknet; \"{}\" after it is left out", place,
                            shown(*rest)));
  }
  return {};
}

/// Checks a key as its role requires. `tables` are the tables of the section, its own first.
Result<void> check_key(const CfgSection& section, const CfgOption& option,
                       std::span<const std::span<const Key>> tables, const CheckContext& context) {
  const std::string place =
      fmt::format("{}:{}: [{}] {}={}", context.file, option.line, shown(section.name),
                  shown(option.key), shown(option.value));
  const Key* key = nullptr;
  for (const auto& table : tables) {
    key = key == nullptr ? find_named(table, option.key) : key;
  }
  key = key == nullptr ? find_named(dead_keys(), option.key) : key;
  if (key == nullptr) {
    if (context.allow_unknown && !has_room_for_warning(context.warnings)) {
      // Over the limit of warnings, no nearest name is searched for: with this number of keys it
      // would take seconds.
      add_warning(context.warnings, place);
      return {};
    }
    Nearest nearest{option.key};
    for (const auto& table : tables) {
      nearest.in(table);
    }
    if (!context.allow_unknown) {
      return base::fail(ErrorCode::kUnsupported, "{}: unknown key; the nearest known one is {}",
                        place, nearest.name());
    }
    add_warning(context.warnings,
                fmt::format("{}: unknown key, ignored; the nearest known one is {}", place,
                            nearest.name()));
    return {};
  }
  if (key->role == KeyRole::kRefused) {
    return base::fail(ErrorCode::kUnsupported, "{}: not supported; the key must not be there",
                      place);
  }
  if (key->role == KeyRole::kUnsupported) {
    return check_zero(option.value, place, context);
  }
  if (key->role == KeyRole::kDead) {
    add_warning(context.warnings,
                fmt::format("{}: Darknet reads no such key here; ignored", place));
  }
  return {};
}

Result<void> check_keys(const CfgSection& section, std::span<const std::span<const Key>> tables,
                        const CheckContext& context) {
  for (const CfgOption& option : section.options) {
    if (auto checked = check_key(section, option, tables, context); !checked) {
      return checked;
    }
  }
  return {};
}

}  // namespace

const SectionKind* find_layer_kind(std::string_view name) {
  return find_named(layer_kinds(), name);
}

std::string_view nearest_section(std::string_view name) {
  constexpr std::array kNet{SectionKind{"net", {}}, SectionKind{"network", {}}};
  return Nearest{name}.in(layer_kinds()).in(kNet).name();
}

std::string supported_sections() {
  std::string names;
  for (const SectionKind& kind : layer_kinds()) {
    if (kind.convert != nullptr) {
      names.append(names.empty() ? "" : ", ").append(kind.name);
    }
  }
  return names;
}

Result<void> check_layer_keys(const CfgSection& section, const SectionKind& kind,
                              const CheckContext& context) {
  const std::array<std::span<const Key>, 2> tables{kind.keys, every_layer_keys()};
  return check_keys(section, tables, context);
}

Result<void> check_net_keys(const CfgSection& section, const CheckContext& context) {
  const std::array<std::span<const Key>, 1> tables{net_keys()};
  return check_keys(section, tables, context);
}

}  // namespace yolofleet::darknet
