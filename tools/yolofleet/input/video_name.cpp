#include "input/video_name.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "input/no_picture.hpp"

namespace yolofleet::command {
namespace {

constexpr std::string_view kCameras = "/dev/video";
constexpr std::size_t kLongestFileName = 120;

/// Those that VideoReader::open reads.
constexpr std::array kSchemes{"rtsp", "rtmp", "http", "https", "udp", "srt", "tcp", "rtp"};

/// The end of "SCHEME://"; npos if the name isn't an address.
std::size_t end_of_scheme(const std::string& name) {
  const std::size_t end = name.find("://");
  return end == std::string::npos ? end : end + 3;
}

/// The place of the host in an address, after user and password. A password may have '@', '/', '?'
/// and '#' in it, so a ':' makes all before the last '@' a user and a password: rather too little
/// is shown than a password.
std::size_t start_of_host(const std::string& name) {
  const std::size_t start = end_of_scheme(name);
  const std::size_t last = name.rfind('@');
  const bool password = last != std::string::npos && name.find(':', start) < last;
  const std::size_t path = std::min(name.find_first_of("/?#", start), name.size());
  const std::size_t user = password ? last : name.rfind('@', path);
  return user != std::string::npos && user >= start ? user + 1 : start;
}

/// "http://x/a.jpg" and "https://x/a.png?size=2".
bool is_picture_of_the_web(const std::string& name) {
  const std::string place = name.substr(start_of_host(name));
  return ::strncasecmp(name.c_str(), "http", 4) == 0 &&
         has_picture_ending(place.substr(0, place.find_first_of("?#")));
}

}  // namespace

bool has_stream_scheme(const std::string& name) {
  const std::string scheme = name.substr(0, name.find("://"));
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](const char* known) { return ::strcasecmp(known, scheme.c_str()) == 0; });
}

std::string stream_schemes() {
  return fmt::format("{}://", fmt::join(kSchemes, "://, "));
}

bool is_stream_name(const std::string& name) {
  return name.starts_with(kCameras) || is_address(name);
}

bool names_a_video(const std::string& name) {
  if (is_address(name)) {
    return has_stream_scheme(name) && !is_picture_of_the_web(name);
  }
  return name.starts_with(kCameras) || is_video_file(name);
}

std::string shown_video_name(const std::string& name) {
  if (!is_address(name)) {
    return name;
  }
  return name.substr(0, end_of_scheme(name)) + name.substr(start_of_host(name));
}

std::filesystem::path stream_file_name(const std::string& name) {
  std::string file = is_address(name) ? name.substr(start_of_host(name))
                                      : std::filesystem::path(name).filename().string();
  file.resize(std::min(file.size(), kLongestFileName));
  std::replace_if(
      file.begin(), file.end(),
      [](unsigned char letter) {
        return std::isalnum(letter) == 0 && letter != '.' && letter != '-' && letter != '_';
      },
      '_');
  while (!file.empty() && file.back() == '_') {
    file.pop_back();
  }
  if (file.empty() || file.front() == '.') {
    file.insert(0, 1, '_');
  }
  return file;
}

Entry video_entry(const std::string& name, std::filesystem::path relative) {
  Entry entry{shown_video_name(name), std::move(relative), std::nullopt, false};
  entry.video = name;
  return entry;
}

}  // namespace yolofleet::command
