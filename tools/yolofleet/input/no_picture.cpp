#include "input/no_picture.hpp"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "input/lines.hpp"
#include "input/source.hpp"
#include "input/video_name.hpp"
#include "shared/fail.hpp"
#include "shared/shell_words.hpp"
#include "yolofleet/data_file.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeadBytes = 4096;
constexpr std::string_view kDetectOnly = "videos, streams and cameras are read by detect only";
/// The first bytes of AppleDouble (RFC 1740).
constexpr std::string_view kAppleDouble = "\0\5\x16\7"sv;

constexpr std::array kVideoEndings{".mp4", ".avi", ".mov",  ".mkv", ".webm", ".m4v",
                                   ".wmv", ".flv", ".mpeg", ".mpg", ".mjpg", ".mjpeg",
                                   ".ts",  ".3gp", ".ogv",  ".h264"};
/// Videos that consist of JPEG pictures.
constexpr std::array kJpegVideoEndings{".mjpg", ".mjpeg"};

Error unsupported(std::string message) {
  return {ErrorCode::kUnsupported, std::move(message)};
}

bool exists(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

/// The beginning of a regular file; empty for any other file, or if it can't be read.
std::string head_of(const fs::path& file) {
  std::error_code ignored;
  std::string head;
  if (fs::is_regular_file(file, ignored)) {
    std::ifstream stream(file, std::ios::binary);
    head.resize(kHeadBytes);
    stream.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  }
  return head;
}

bool has_ending(const fs::path& file, std::span<const char* const> endings) {
  const std::string ending = file.extension().string();
  return std::any_of(endings.begin(), endings.end(),
                     [&](const char* known) { return ::strcasecmp(known, ending.c_str()) == 0; });
}

/// "0" or "/dev/video0".
bool is_camera(const std::string& name) {
  constexpr std::size_t kMostDigits = 2;
  const bool number = name.size() <= kMostDigits &&
                      std::all_of(name.begin(), name.end(),
                                  [](unsigned char letter) { return std::isdigit(letter) != 0; }) &&
                      !exists(name);
  return number || name.starts_with("/dev/video");
}

/// Whether a file begins like a picture that is read, whatever its name.
bool begins_like_a_picture(std::string_view head) {
  const bool webp = head.starts_with("RIFF") && head.substr(0, 12).ends_with("WEBP");
  return webp || head.starts_with("\xFF\xD8\xFF") || head.starts_with("\x89PNG") ||
         head.starts_with("BM");
}

/// Whether the first line of a text file is the path of a picture.
bool lists_pictures(std::string_view head) {
  if (head.find('\0') != std::string_view::npos) {
    return false;
  }
  if (head.starts_with(kByteOrderMark)) {
    head.remove_prefix(kByteOrderMark.size());
  }
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  line = line.substr(0, line.find_last_not_of(" \t") + 1);
  return has_picture_ending(line);
}

/// The message for a camera's number or device.
std::string why_no_camera(const std::string& name) {
  return name.starts_with("/dev/") ? fmt::format("{}: {}", name, kDetectOnly)
                                   : fmt::format(
                                         "{}: no such file; a camera is given to detect by "
                                         "its device, /dev/video{}",
                                         name, name);
}

/// Of an address: curl reads a picture of the web, but no stream (rtsp://).
std::string why_no_address(const std::string& address) {
  const std::string name = shown_video_name(address);  // without the password
  if (!has_stream_scheme(name)) {
    return fmt::format("{}: such addresses aren't read; those of streams begin with {}", name,
                       stream_schemes());
  }
  const bool web = ::strncasecmp(name.c_str(), "http://", 7) == 0 ||
                   ::strncasecmp(name.c_str(), "https://", 8) == 0;
  if (!web || has_video_ending(name.substr(0, name.find_first_of("?#")))) {
    return fmt::format("{}: {}", name, kDetectOnly);
  }
  return fmt::format(
      "{}: addresses aren't read; `curl -sSfL {} | yolofleet detect MODEL -` detects in a picture",
      name, shell_quoted(name));
}

}  // namespace

bool is_address(const std::string& name) {
  const std::size_t end = name.find("://");
  return end != std::string::npos && end > 0 &&
         std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(end),
                     [](unsigned char letter) {
                       return std::isalnum(letter) != 0 || letter == '+' || letter == '-';
                     }) &&
         !exists(name);
}

bool has_video_ending(const fs::path& file) {
  return has_ending(file, kVideoEndings);
}

bool is_video_file(const fs::path& file) {
  return has_video_ending(file) && !is_apple_double(file) &&
         (has_ending(file, kJpegVideoEndings) || !begins_like_a_picture(head_of(file)));
}

bool is_apple_double(const fs::path& file) {
  return file.filename().string().starts_with("._") && head_of(file).starts_with(kAppleDouble);
}

std::optional<Error> why_no_picture(const std::string& name) {
  if (is_apple_double(name)) {
    return unsupported(fmt::format("{}: holds macOS's attributes of {}, not a picture", name,
                                   fs::path(name).filename().string().substr(2)));
  }
  if (is_address(name)) {
    return unsupported(why_no_address(name));
  }
  if (has_picture_ending(name)) {
    return std::nullopt;
  }
  if (is_camera(name)) {
    return unsupported(why_no_camera(name));
  }
  if (has_video_ending("a" + fs::path(name).filename().string()) && !has_video_ending(name)) {
    return unsupported(fmt::format("{}: the name has no ending", name));
  }
  const std::string head = head_of(name);
  if (has_video_ending(name) && !begins_like_a_picture(head)) {
    return unsupported(fmt::format(
        "{}: {}; `mkdir -p frames && ffmpeg -i {} frames/%06d.jpg` makes pictures of a video", name,
        kDetectOnly, shell_quoted(name)));
  }
  if (DataFile::is_one(name)) {
    return unsupported(fmt::format(
        "{}: is a Darknet .data file, not a picture; it is given as MODEL, before the pictures, "
        "with --cfg and --weights",
        name));
  }
  if (lists_pictures(head)) {
    return unsupported(fmt::format("{}: is a list of pictures; write @{}", name, name));
  }
  return std::nullopt;
}

}  // namespace yolofleet::command
