#include "darknet/names.hpp"

#include <cstddef>
#include <cstdint>

#include "base/fail.hpp"
#include "base/files.hpp"
#include "darknet/file_kind.hpp"
#include "darknet/text.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using base::fail;

/// The number of bytes of a UTF-8 character that starts with `lead`, and the least code point that
/// may take this number; 0 bytes if no character starts with `lead`.
struct Utf8Length {
  std::size_t bytes = 0;
  std::uint32_t least = 0;
};

Utf8Length utf8_length(std::uint32_t lead) {
  if (lead < 0x80U) {
    return {1, 0};
  }
  if (lead >= 0xC0U && lead < 0xE0U) {
    return {2, 0x80};
  }
  if (lead >= 0xE0U && lead < 0xF0U) {
    return {3, 0x800};
  }
  if (lead >= 0xF0U && lead < 0xF8U) {
    return {4, 0x10000};
  }
  return {};
}

/// RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF.
bool is_utf8(std::string_view text) {
  constexpr std::uint32_t kLast = 0x10FFFF;
  while (!text.empty()) {
    const std::uint32_t lead = static_cast<unsigned char>(text[0]);
    const auto [bytes, least] = utf8_length(lead);
    if (bytes == 0 || bytes > text.size()) {
      return false;
    }
    std::uint32_t code = bytes == 1 ? lead : lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
      const std::uint32_t next = static_cast<unsigned char>(text[i]);
      if ((next & 0xC0U) != 0x80U) {
        return false;
      }
      code = (code << 6U) | (next & 0x3FU);
    }
    if (code < least || code > kLast || (code >= 0xD800U && code < 0xE000U)) {
      return false;
    }
    text.remove_prefix(bytes);
  }
  return true;
}

}  // namespace

Result<std::vector<std::string>> parse_names(std::string_view text, std::string_view file,
                                             int classes) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const char line_end = line_end_of(text);
  std::vector<std::string> names;
  std::size_t line = 0;
  std::size_t named = 0;  // lines up to the last one that isn't blank
  while (!text.empty()) {
    ++line;
    const std::size_t end = text.find(line_end);
    const std::string_view name = trimmed(text.substr(0, end));
    if (!is_utf8(name) || name.find('\0') != std::string_view::npos) {
      return fail(ErrorCode::kMalformed, "{}:{}: is not UTF-8 text", file, line);
    }
    if (names.size() < static_cast<std::size_t>(classes)) {  // the others are only counted
      names.push_back(name.empty() ? std::to_string(names.size()) : std::string{name});
    }
    named = name.empty() ? named : line;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (named != static_cast<std::size_t>(classes)) {
    return fail(ErrorCode::kMismatch, "{}: {} names, but the network has {} classes", file, named,
                classes);
  }
  return names;
}

Result<std::vector<std::string>> read_names(const std::filesystem::path& file, int classes) {
  const auto text = base::read_text(file, graph::limits::kMaxNamesBytes);
  if (!text) {
    return tl::unexpected(text.error());
  }
  const FileKind kind = kind_of_bytes(*text);
  auto names = parse_names(*text, file.string(), classes);
  // Names may look like a cfg or a .data file; then only their number tells.
  const bool looks_so = !names && (kind == FileKind::kCfg || kind == FileKind::kData);
  if (looks_so || kind == FileKind::kHtml || kind == FileKind::kLfsPointer) {
    return fail(ErrorCode::kMalformed, "{}: is {}; a names file is needed", file.string(),
                called(kind));
  }
  return names;
}

}  // namespace yolofleet::darknet
