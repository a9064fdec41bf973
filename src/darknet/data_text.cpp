#include "darknet/data_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include "base/fail.hpp"
#include "darknet/cfg_text.hpp"
#include "darknet/text.hpp"
#include "darknet/warnings.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using base::fail;
namespace limits = graph::limits;

// The keys that Darknet's programs read (option_find_str and option_find_int in its sources).
constexpr std::array<std::string_view, 15> kKnown{
    "classes", "names",  "valid", "difficult", "train",  "test",     "backup",     "eval",
    "results", "labels", "map",   "top",       "leaves", "savelast", "saveweights"};

class DataParser {
 public:
  explicit DataParser(const std::filesystem::path& file) : name_(file.string()) {
    data_.file = file;
  }

  Result<void> add_line(std::string_view raw, int number) {
    if (raw.find('\0') != std::string_view::npos) {
      return fail(ErrorCode::kMalformed, "{}:{}: holds a zero byte: this is not a .data file",
                  name_, number);
    }
    const std::string_view line = trimmed(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') {
      return {};
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      ignore(line, number, "it isn't key=value");
      return {};
    }
    return add_entry(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)), number);
  }

  Result<DataFile> finish() {
    const auto known = [](const DataEntry& entry) { return is_data_key(entry.key); };
    if (std::none_of(data_.entries.begin(), data_.entries.end(), known)) {
      return fail(ErrorCode::kMalformed,
                  "{}: is not a .data file: no line names classes, names, valid or another of "
                  "Darknet's keys",
                  name_);
    }
    return std::move(data_);
  }

 private:
  Result<void> add_entry(std::string_view key, std::string_view value, int number) {
    if (value.empty()) {
      ignore(fmt::format("{}=", key), number, "it has no value");
      return {};
    }
    if (const DataEntry* const first = data_.find(key)) {
      ignore(
          fmt::format("{}={}", key, value), number,
          fmt::format("the {}={} of line {} counts", shown(key), shown(first->value), first->line));
      return {};
    }
    if (data_.entries.size() >= limits::kMaxOptions) {
      return fail(ErrorCode::kTooLarge, "{}:{}: more than {} keys", name_, number,
                  limits::kMaxOptions);
    }
    if (!is_data_key(key)) {
      ignore(fmt::format("{}={}", key, value), number, "the key is unknown");
    }
    data_.entries.push_back({std::string{key}, std::string{value}, number});
    return key == "classes" ? take_classes(value, number) : Result<void>();
  }

  Result<void> take_classes(std::string_view value, int number) {
    int classes = 0;
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, classes);
    if (error != std::errc() || classes < 1 || classes > limits::kMaxClasses) {
      return fail(ErrorCode::kMalformed, "{}:{}: classes={}: must be a whole number from 1 to {}",
                  name_, number, shown(value), limits::kMaxClasses);
    }
    if (rest != end) {
      add_warning(
          data_.warnings,
          fmt::format("{}:{}: classes={}: taken as {}, as Darknet does; the rest is ignored", name_,
                      number, shown(value), classes));
    }
    data_.classes = classes;
    return {};
  }

  void ignore(std::string_view line, int number, std::string_view reason) {
    add_warning(data_.warnings,
                fmt::format("{}:{}: {}: ignored: {}", name_, number, shown(line), reason));
  }

  std::string name_;
  DataFile data_;
};

}  // namespace

bool is_data_key(std::string_view key) noexcept {
  return std::find(kKnown.begin(), kKnown.end(), key) != kKnown.end();
}

Result<DataFile> parse_data(std::string_view text, const std::filesystem::path& file) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const char line_end = line_end_of(text);
  DataParser parser{file};
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find(line_end);
    if (const auto added = parser.add_line(text.substr(0, end), number); !added) {
      return tl::unexpected(added.error());
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parser.finish();
}

}  // namespace yolofleet::darknet
