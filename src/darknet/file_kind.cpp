#include "darknet/file_kind.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/files.hpp"
#include "darknet/data_text.hpp"
#include "darknet/text.hpp"

namespace yolofleet::darknet {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view after_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

/// `prefix` is in lower case.
bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  const auto in_lower_case = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [&](char lower, char found) { return in_lower_case(found) == lower; });
}

bool is_html(std::string_view text) {
  return starts_with_any_case(text, "<!doctype html") || starts_with_any_case(text, "<html");
}

std::string_view after_comments(std::string_view text) {
  while (text.starts_with('#') || text.starts_with(';')) {
    text = after_blanks(text.substr(std::min(text.find_first_of("\r\n"), text.size())));
  }
  return text;
}

/// `text` begins after blanks and comments, as for `is_data`.
bool is_cfg(std::string_view text) {
  if (!text.starts_with('[')) {
    return false;
  }
  const std::string_view name = after_blanks(text.substr(1));
  const char first = name.empty() ? '\0' : name.front();
  return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
}

bool is_data(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const std::size_t equals = line.find('=');
  return equals != std::string_view::npos && is_data_key(trimmed(line.substr(0, equals)));
}

bool is_weights(std::string_view start) {
  constexpr std::uint32_t kMost = 100;  // of each number; the last version is 0.2.5
  constexpr std::size_t kHeader = 16;
  std::array<std::uint32_t, 3> version{};
  if (start.size() < kHeader) {
    return false;
  }
  std::memcpy(version.data(), start.data(), sizeof(version));
  return std::all_of(version.begin(), version.end(), [](auto number) { return number <= kMost; }) &&
         version[0] + version[1] > 0;
}

}  // namespace

FileKind kind_of_bytes(std::string_view start) noexcept {
  if (start.starts_with("PK\x03\x04")) {
    return FileKind::kZip;
  }
  if (start.starts_with("\x1F\x8B")) {
    return FileKind::kGzip;
  }
  if (is_weights(start)) {
    return FileKind::kWeights;
  }
  if (start.starts_with(kByteOrderMark)) {
    start.remove_prefix(kByteOrderMark.size());
  }
  const std::string_view text = after_blanks(start);
  if (text.starts_with("version https://git-lfs.github.com/spec/")) {
    return FileKind::kLfsPointer;
  }
  if (is_html(text)) {
    return FileKind::kHtml;
  }
  const std::string_view content = after_comments(text);
  return is_cfg(content) ? FileKind::kCfg : is_data(content) ? FileKind::kData : FileKind::kUnknown;
}

FileKind kind_of_file(const std::filesystem::path& file) {
  constexpr std::size_t kStart = 4096;
  const auto opened = base::open_regular(file, O_RDONLY);
  if (!opened) {
    return FileKind::kUnknown;
  }
  std::array<char, kStart> bytes{};
  const auto size = base::read_some(*opened, std::as_writable_bytes(std::span{bytes}));
  return size ? kind_of_bytes({bytes.data(), *size}) : FileKind::kUnknown;
}

std::string_view called(FileKind kind) noexcept {
  switch (kind) {
    case FileKind::kUnknown:
      break;
    case FileKind::kCfg:
      return "a cfg file";
    case FileKind::kData:
      return "a Darknet .data file";
    case FileKind::kWeights:
      return "a Darknet weights file";
    case FileKind::kHtml:
      return "an HTML page, perhaps saved in place of a download";
    case FileKind::kLfsPointer:
      return "a Git LFS pointer, which stands for a file that \"git lfs pull\" downloads";
    case FileKind::kZip:
      return "a ZIP archive, as PyTorch's models are";
    case FileKind::kGzip:
      return "a gzip archive";
  }
  return "another file";
}

}  // namespace yolofleet::darknet
