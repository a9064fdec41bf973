#include "darknet/cfg_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "base/fail.hpp"
#include "darknet/text.hpp"
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

/// Replaces no-break spaces by blanks: U+00A0, U+2007, U+202F and U+FEFF in UTF-8, and U+00A0 as
/// the single byte of Latin-1 and of Windows.
std::string with_plain_blanks(std::string_view line) {
  constexpr std::array<std::string_view, 4> kUtf8{"\xC2\xA0", "\xE2\x80\x87", "\xE2\x80\xAF",
                                                  "\xEF\xBB\xBF"};
  constexpr char kLatin1 = '\xA0';
  const auto is_ascii = [&](std::size_t at) {
    return at >= line.size() || static_cast<unsigned char>(line[at]) < 0x80;
  };
  std::string plain;
  plain.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    const auto* const space = std::find_if(kUtf8.begin(), kUtf8.end(), [&](std::string_view bytes) {
      return line.substr(at).starts_with(bytes);
    });
    if (space != kUtf8.end()) {
      plain.push_back(' ');
      at += space->size();
      continue;
    }
    // Between other bytes than ASCII it is a part of a UTF-8 character.
    const bool alone = line[at] == kLatin1 && (at == 0 || is_ascii(at - 1)) && is_ascii(at + 1);
    plain.push_back(alone ? ' ' : line[at]);
    ++at;
  }
  return plain;
}

/// Whether blanks stand between digits, which are one number without them: "25 5".
bool has_split_number(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto is_of_number = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  const std::string_view text = without_comment(line);
  for (std::size_t at = text.find_first_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t next = text.find_first_not_of(kBlanks, at);
    if (next == std::string_view::npos) {
      return false;
    }
    if (at > 0 && is_of_number(text[at - 1]) && is_of_number(text[next])) {
      return true;
    }
    at = text.find_first_of(kBlanks, next);
  }
  return false;
}

bool is_comment(std::string_view line) {
  return line.empty() || line[0] == '#' || line[0] == ';';
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
    const std::string plain = with_plain_blanks(raw);
    const std::string line = without_blanks(plain);
    if (is_comment(line)) {
      return {};
    }
    const std::string_view content = without_comment(plain);
    if (without_blanks(without_comment(raw)) != without_blanks(content)) {
      add_warning(warnings_, fmt::format("{}:{}: {}: a no-break space is taken for a blank", file_,
                                         number, shown(trimmed(plain))));
    }
    if (line[0] == '[') {
      return add_section(line, number);
    }
    if (line.find('=') != std::string::npos && has_split_number(content)) {
      if (auto joined = join(raw, plain, line, number); !joined) {
        return joined;
      }
    }
    return add_option(line, number);
  }

  Result<std::vector<CfgSection>> finish() {
    if (sections_.empty()) {
      return fail(ErrorCode::kMalformed, "{}: has no section: this is not a cfg file", file_);
    }
    return std::move(sections_);
  }

 private:
  /// Warns that the parts of a number are joined, as in Darknet. Refuses it where Darknet would not
  /// join them, as it keeps no-break spaces.
  Result<void> join(std::string_view raw, std::string_view plain, std::string_view line,
                    int number) {
    if (has_split_number(with_plain_blanks(without_blanks(raw)))) {
      return fail(ErrorCode::kMalformed,
                  "{}:{}: {}: has a no-break space inside a number, which Darknet would end there; "
                  "remove the space",
                  file_, number, shown(trimmed(plain)));
    }
    add_warning(warnings_, fmt::format("{}:{}: {}: {} is taken: blanks are left out, as in Darknet",
                                       file_, number, shown(trimmed(without_comment(plain))),
                                       shown(without_comment(line))));
    return {};
  }

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
    words_.clear();
    return {};
  }

  /// A line without a key or without "=". Darknet takes it for a key without a value, which it
  /// reads nowhere.
  Result<void> add_word(std::string_view line, int number) {
    const bool is_lost_section = line.find_first_of("[]") != std::string_view::npos;
    if (sections_.empty() || is_lost_section) {
      return fail(ErrorCode::kMalformed, "{}:{}: {} is neither [section] nor key=value", file_,
                  number, shown(line));
    }
    const CfgSection& section = sections_.back();
    if (words_.size() >= limits::kMaxOptions) {
      return fail(ErrorCode::kTooLarge, "{}:{}: more than {} lines without \"=\" in [{}]", file_,
                  number, limits::kMaxOptions, shown(section.name));
    }
    words_.emplace(line, number);
    add_warning(warnings_,
                fmt::format("{}:{}: {} is neither [section] nor key=value; ignored, as in Darknet",
                            file_, number, line == kEndMark ? "the character ^Z" : shown(line)));
    return {};
  }

  Result<void> add_option(std::string_view line, int number) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return add_word(line, number);
    }
    if (sections_.empty()) {
      return fail(ErrorCode::kMalformed, "{}:{}: {} stands before the first section, [net]", file_,
                  number, shown(line));
    }
    CfgSection& section = sections_.back();
    if (const auto word = words_.find(line.substr(0, equals)); word != words_.end()) {
      return fail(ErrorCode::kMalformed,
                  "{}:{}: [{}] {}: Darknet would take the default, because line {} has the key "
                  "without a value; remove one of the two lines",
                  file_, number, shown(section.name), shown(line), word->second);
    }
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

  /// DOS ends text files with it.
  static constexpr std::string_view kEndMark = "\x1A";

  std::string_view file_;
  std::vector<std::string>& warnings_;
  std::vector<CfgSection> sections_;
  std::map<std::string, int, std::less<>> words_;  ///< of the last section, and their first lines
};

}  // namespace

const CfgOption* CfgSection::find(std::string_view key) const noexcept {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const CfgOption& option) { return option.key == key; });
  return found == options.end() ? nullptr : &*found;
}

Result<std::vector<CfgSection>> parse_cfg(std::string_view text, std::string_view file,
                                          std::vector<std::string>& warnings) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const char line_end = line_end_of(text);
  Parser parser{file, warnings};
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find(line_end);
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
