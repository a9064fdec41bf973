#include "detect/class_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "shared/fail.hpp"
#include "shared/habits.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

std::optional<int> number(std::string_view word) {
  int value = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, value);
  return error == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

bool has_names(std::span<const std::string> names) {
  for (std::size_t id = 0; id < names.size(); ++id) {
    if (names[id] != std::to_string(id)) {
      return true;
    }
  }
  return false;
}

Result<void> add_class(const std::string& word, std::span<const std::string> names,
                       std::vector<int>& classes) {
  if (word.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "--classes: a name is empty: there is a comma too many");
  }
  const std::size_t before = classes.size();
  for (std::size_t id = 0; id < names.size(); ++id) {
    if (names[id] == word) {  // several classes may have one name
      classes.push_back(static_cast<int>(id));
    }
  }
  if (classes.size() > before) {
    return {};
  }
  const auto id = number(word);
  if (!id && has_names(names)) {
    const std::string near = near_name(word, names);
    return fail(ErrorCode::kInvalidArgument, "--classes: no class of the model is called '{}'{}",
                shortened(word),
                near.empty() ? "" : fmt::format(": did you mean '{}'?", shortened(near)));
  }
  if (!id || *id < 0 || static_cast<std::size_t>(*id) >= names.size()) {
    return fail(ErrorCode::kInvalidArgument, "--classes: {}: the model's classes are 0 to {}{}",
                shortened(word), names.size() - 1, has_names(names) ? "" : ", without names");
  }
  classes.push_back(*id);
  return {};
}

/// "person, 3" is written with a blank.
std::string without_outer_blanks(const std::string& word) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = std::min(word.find_first_not_of(kBlanks), word.size());
  return word.substr(first, word.find_last_not_of(kBlanks) + 1 - first);
}

}  // namespace

Result<std::vector<int>> class_list(const std::string& list, const Model& model) {
  std::vector<int> classes;
  for (const std::string& word : split_list(list)) {
    if (auto added = add_class(without_outer_blanks(word), model.names(), classes); !added) {
      return tl::unexpected(std::move(added).error());
    }
  }
  return classes;
}

}  // namespace yolofleet::command
