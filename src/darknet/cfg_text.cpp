#include "darknet/cfg_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/fail.hpp"
#include "darknet/warnings.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using base::fail;
namespace limits = graph::limits;

std::string without_blanks(std::string_view line) {
  std::string kept;
  kept.reserve(line.size());
  for (const char c : line) {
    if (c != ' ' && c != '\t' && c != '\r') {
      kept.push_back(c);
    }
  }
  return kept;
}

std::string_view without_comment(std::string_view text) {
  return text.substr(0, text.find_first_of("#;"));
}

class Parser {
 public:
  Parser(std::string_view file, std::vector<std::string>& warnings)
      : file_(file), warnings_(warnings) {}

  Result<void> add_line(std::string_view raw, int number) {
    if (raw.find('\0') != std::string_view::npos) {
      return fail(ErrorCode::kMalformed, "{}:{}: holds a zero byte: this is not a cfg file", file_,
                  number);
    }
    const std::string line = without_blanks(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') {
      return {};
    }
    return line[0] == '[' ? add_section(line, number) : add_option(line, number);
  }

  Result<std::vector<CfgSection>> finish() {
    if (sections_.empty()) {
      return fail(ErrorCode::kMalformed, "{}: has no section: this is not a cfg file", file_);
    }
    return std::move(sections_);
  }

 private:
  Result<void> add_section(std::string_view line, int number) {
    const std::string_view head = without_comment(line);
    if (head.size() < 3 || head.back() != ']' || head.find(']') != head.size() - 1) {
      return fail(ErrorCode::kMalformed, "{}:{}: {} is not a section; one is written [name]", file_,
                  number, shown(line));
    }
    if (sections_.size() > limits::kMaxLayers) {
      return fail(ErrorCode::kTooLarge, "{}:{}: more than {} layers", file_, number,
                  limits::kMaxLayers);
    }
    sections_.push_back({std::string{head.substr(1, head.size() - 2)}, number, {}});
    return {};
  }

  Result<void> add_option(std::string_view line, int number) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return fail(ErrorCode::kMalformed, "{}:{}: {} is neither [section] nor key=value", file_,
                  number, shown(line));
    }
    if (sections_.empty()) {
      return fail(ErrorCode::kMalformed, "{}:{}: {} stands before the first section, [net]", file_,
                  number, shown(line));
    }
    CfgSection& section = sections_.back();
    if (section.options.size() >= limits::kMaxOptions) {
      return fail(ErrorCode::kTooLarge, "{}:{}: more than {} keys in [{}]", file_, number,
                  limits::kMaxOptions, shown(section.name));
    }
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = without_comment(line.substr(equals + 1));
    if (const CfgOption* const first = section.find(key)) {
      add_warning(warnings_,
                  fmt::format("{}:{}: [{}] {}={}: ignored, the {}={} of line {} counts", file_,
                              number, shown(section.name), shown(key), shown(value), shown(key),
                              shown(first->value), first->line));
      return {};
    }
    section.options.push_back({std::string{key}, std::string{value}, number});
    return {};
  }

  std::string_view file_;
  std::vector<std::string>& warnings_;
  std::vector<CfgSection> sections_;
};

}  // namespace

const CfgOption* CfgSection::find(std::string_view key) const noexcept {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const CfgOption& option) { return option.key == key; });
  return found == options.end() ? nullptr : &*found;
}

Result<std::vector<CfgSection>> parse_cfg(std::string_view text, std::string_view file,
                                          std::vector<std::string>& warnings) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  Parser parser{file, warnings};
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (const auto added = parser.add_line(text.substr(0, end), number); !added) {
      return tl::unexpected(added.error());
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parser.finish();
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string result{text.substr(0, kMost)};
  for (char& c : result) {
    if (c < ' ' || c > '~') {
      c = '?';
    }
  }
  return text.size() > kMost ? result + "..." : result;
}

}  // namespace yolofleet::darknet
