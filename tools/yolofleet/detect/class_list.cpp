#include "detect/class_list.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "shared/fail.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kCompared = 64;  ///< bytes of a name; bounds the work

/// Levenshtein's distance: the fewest letters to insert, remove or replace.
std::size_t distance(std::string_view from, std::string_view to) {
  from = from.substr(0, kCompared);
  to = to.substr(0, kCompared);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t above_left = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = above_left + (from[i] == to[j] ? 0U : 1U);
      above_left = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, above_left + 1});
    }
  }
  return row.back();
}

/// Precondition: there are names.
std::string_view nearest(std::string_view word, std::span<const std::string> names) {
  return *std::min_element(names.begin(), names.end(),
                           [word](const std::string& a, const std::string& b) {
                             return distance(word, a) < distance(word, b);
                           });
}

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
    return fail(ErrorCode::kInvalidArgument,
                "--classes: no class of the model is called '{}'; the nearest is '{}'",
                shortened(word), shortened(nearest(word, names)));
  }
  if (!id || *id < 0 || static_cast<std::size_t>(*id) >= names.size()) {
    return fail(ErrorCode::kInvalidArgument, "--classes: {}: the model's classes are 0 to {}{}",
                shortened(word), names.size() - 1, has_names(names) ? "" : ", without names");
  }
  classes.push_back(*id);
  return {};
}

}  // namespace

Result<std::vector<int>> class_list(const std::string& list, const Model& model) {
  std::vector<int> classes;
  for (const std::string& word : split_list(list)) {
    if (auto added = add_class(word, model.names(), classes); !added) {
      return tl::unexpected(std::move(added).error());
    }
  }
  return classes;
}

}  // namespace yolofleet::command
