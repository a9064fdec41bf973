#include "output/coco_ids.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "coco_map.hpp"
#include "input/read.hpp"
#include "output/coco_images.hpp"
#include "shared/fail.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxMapBytes = std::size_t{1} << 22U;

struct MapLine {
  std::int64_t id = 0;
  std::string names;  ///< separated by '|'
};

Result<std::vector<MapLine>> parse_map(std::string_view text, const std::string& file) {
  std::vector<MapLine> lines;
  std::istringstream stream{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string::npos || line[start] == '#') {
      continue;
    }
    MapLine parsed;
    const char* const end = line.data() + line.size();
    const auto [rest, error] = std::from_chars(line.data() + start, end, parsed.id);
    if (error != std::errc() || (rest != end && *rest != ' ' && *rest != '\t')) {
      return fail(ErrorCode::kMalformed,
                  "{}:{}: '{}' doesn't start with a category id (a whole number)", file, number,
                  shortened(line));
    }
    parsed.names.assign(std::find_if(rest, end, [](char c) { return c != ' ' && c != '\t'; }), end);
    lines.push_back(std::move(parsed));
  }
  return lines;
}

std::vector<std::int64_t> ids_of(const std::vector<MapLine>& lines) {
  std::vector<std::int64_t> ids;
  ids.reserve(lines.size());
  for (const MapLine& line : lines) {
    ids.push_back(line.id);
  }
  return ids;
}

bool is_among(std::string_view name, const std::string& names) {
  std::istringstream stream(names);
  std::string candidate;
  while (std::getline(stream, candidate, '|')) {
    if (candidate == name) {
      return true;
    }
  }
  return false;
}

/// Maps each of COCO's names, as COCO or as Darknet spells it, to its first spelling in the map.
std::unordered_map<std::string, std::string> coco_spellings() {
  const auto coco = parse_map(kCocoMap, "data/coco.map").value();
  std::unordered_map<std::string, std::string> spellings;
  for (const MapLine& line : coco) {
    std::istringstream stream(line.names);
    std::string name;
    while (std::getline(stream, name, '|')) {
      spellings.emplace(name, line.names.substr(0, line.names.find('|')));
    }
  }
  return spellings;
}

/// The digits of the number in the file name, without needless leading zeros; empty if there is
/// none.
std::string digits_of(const Entry& entry) {
  const std::string stem = entry.relative.stem().string();
  std::string digits = stem.substr(stem.rfind('_') + 1);
  if (digits.find_first_not_of("0123456789") != std::string::npos) {
    return {};
  }
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.empty() || zeros < digits.size() ? digits.substr(zeros) : "0";
}

}  // namespace

Result<ImageIds> ImageIds::load(const fs::path& file) {
  ImageIds ids;
  const auto add = [&](std::string&& name, std::int64_t id) -> Result<void> {
    auto [bare, fresh] = ids.by_file_name_.emplace(fs::path(name).filename().string(), id);
    if (!fresh && bare->second != id) {
      bare->second = std::nullopt;
    }
    const auto [known, added] = ids.by_name_.emplace(std::move(name), id);
    if (!added && known->second != id) {
      return fail(ErrorCode::kMalformed, R"({}: "{}" has the ids {} and {})", file.string(),
                  shortened(known->first), known->second, id);
    }
    return {};
  };
  auto read = read_coco_images(file, add);
  return read.map([&] { return std::move(ids); });
}

std::optional<std::int64_t> ImageIds::listed(const Entry& entry) const {
  for (const std::string& name : {entry.name, entry.relative.string()}) {
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
      return found->second;
    }
  }
  const auto found = by_file_name_.find(entry.relative.filename().string());
  return found != by_file_name_.end() ? found->second : std::nullopt;
}

std::optional<std::int64_t> ImageIds::number_of(const Entry& entry) {
  const std::string digits = digits_of(entry);
  if (digits.empty() || digits.size() > kMaxDigits) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool ImageIds::has_large_number(const Entry& entry) {
  return digits_of(entry).size() > kMaxDigits;
}

std::int64_t ImageIds::id(const Entry& entry, std::uint64_t index) const {
  const auto known = listed(entry);
  return (known ? known : number_of(entry)).value_or(static_cast<std::int64_t>(index));
}

Result<CategoryIds> CategoryIds::load(const fs::path& map, std::size_t classes) {
  const auto bytes = read_file(map, -1, kMaxMapBytes);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  std::string text(bytes->size(), '\0');
  std::transform(bytes->begin(), bytes->end(), text.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  const auto lines = parse_map(text, map.string());
  if (!lines) {
    return tl::unexpected(lines.error());
  }
  if (lines->size() != classes) {
    return fail(ErrorCode::kMismatch, "{}: {} category ids, but the model has {} classes",
                map.string(), lines->size(), classes);
  }
  return CategoryIds(ids_of(*lines));
}

CategoryIds CategoryIds::for_names(std::span<const std::string> names) {
  const auto coco = parse_map(kCocoMap, "data/coco.map").value();
  const bool all_coco = std::equal(
      names.begin(), names.end(), coco.begin(), coco.end(),
      [](const std::string& name, const MapLine& line) { return is_among(name, line.names); });
  if (all_coco) {
    return CategoryIds(ids_of(coco));
  }
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < names.size(); ++i) {
    ids.push_back(static_cast<std::int64_t>(i) + 1);
  }
  return CategoryIds(ids);
}

Result<CategoryIds> CategoryIds::for_categories(std::span<const std::string> names,
                                                std::span<const Category> categories) {
  const auto spellings = coco_spellings();
  const auto spelled = [&](const std::string& name) {
    const auto known = spellings.find(name);
    return known == spellings.end() ? name : known->second;
  };
  std::unordered_map<std::string, std::int64_t> by_name;
  for (const Category& category : categories) {
    by_name.emplace(spelled(category.name), category.id);  // of equal names the first counts
  }
  std::vector<std::optional<std::int64_t>> ids;
  for (const std::string& name : names) {
    const auto found = by_name.find(spelled(name));
    ids.push_back(found == by_name.end() ? std::nullopt : std::optional(found->second));
  }
  if (std::none_of(ids.begin(), ids.end(), [](const auto& id) { return id.has_value(); })) {
    return fail(ErrorCode::kMismatch, "no category has the name of a class of the model: {}; {}",
                categories.empty()
                    ? "there are no categories"
                    : fmt::format("the first category is \"{}\"", categories.front().name),
                names.empty() ? "the model has no classes"
                              : fmt::format("the first class is \"{}\"", names.front()));
  }
  return CategoryIds(std::move(ids));
}

}  // namespace yolofleet::command
