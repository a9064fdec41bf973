#include "video/ffmpeg/address.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/fail.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

namespace fs = std::filesystem;

/// A protocol and those that it is built on. None has "file": nothing from the network can make
/// FFmpeg read a local file.
struct Scheme {
  std::string_view name;
  Address::Kind kind;
  const char* protocols;
};

constexpr const char* kHttp = "http,https,httpproxy,tcp,tls,crypto";
constexpr const char* kRtsp = "rtsp,rtsps,rtp,srtp,udp,tcp,tls";
constexpr const char* kRtmp = "rtmp,rtmps,rtmpt,rtmpts,ffrtmphttp,http,https,tcp,tls";
constexpr std::array kSchemes = {
    Scheme{"rtsp", Address::Kind::kServer, kRtsp}, Scheme{"rtsps", Address::Kind::kServer, kRtsp},
    Scheme{"rtmp", Address::Kind::kServer, kRtmp}, Scheme{"rtmps", Address::Kind::kServer, kRtmp},
    Scheme{"http", Address::Kind::kServer, kHttp}, Scheme{"https", Address::Kind::kServer, kHttp},
    Scheme{"udp", Address::Kind::kBytes, "udp"},   Scheme{"srt", Address::Kind::kBytes, "srt"},
    Scheme{"tcp", Address::Kind::kBytes, "tcp"},   Scheme{"rtp", Address::Kind::kServer, "rtp,udp"},
};

/// "rtsp" of "RTSP://camera/1"; empty if there is none.
std::string scheme_of(std::string_view source) {
  const std::size_t end = source.find("://");
  if (end == std::string_view::npos || end == 0) {
    return {};
  }
  std::string scheme(source.substr(0, end));
  const auto fits = [](unsigned char letter) { return std::isalnum(letter) != 0; };
  if (!std::ranges::all_of(scheme, fits)) {
    return {};
  }
  std::ranges::transform(scheme, scheme.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return scheme;
}

/// "rtsp://camera/1" of "rtsp://user:secret@camera/1". A password may have '@', '/', '?' and '#' in
/// it, so a ':' makes all before the last '@' a user and a password.
std::string without_user(const std::string& url) {
  const std::size_t start = url.find("://") + 3;
  const std::size_t last = url.rfind('@');
  const bool password = last != std::string::npos && url.find(':', start) < last;
  const std::size_t path = std::min(url.find_first_of("/?#", start), url.size());
  const std::size_t user = password ? last : url.rfind('@', path);
  const std::size_t host = user != std::string::npos && user >= start ? user + 1 : start;
  return url.substr(0, start) + url.substr(host);
}

/// The error for "udp://camera:99999/1"; `shown` is the address without its user.
std::optional<Error> why_no_port(const std::string& shown) {
  constexpr unsigned kMostPort = 65'535;
  const std::size_t start = shown.find("://") + 3;
  const std::string host = shown.substr(start, shown.find_first_of("/?#", start) - start);
  const std::size_t colon = host.rfind(':');
  if (colon == std::string::npos || host.find(']', colon) != std::string::npos) {
    return std::nullopt;
  }
  const std::string text = host.substr(colon + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || end != text.data() + text.size() ||
      (error == std::errc() && port >= 1 && port <= kMostPort)) {
    return std::nullopt;  // FFmpeg judges what isn't a number
  }
  return Error{ErrorCode::kUnsupported,
               fmt::format("{}: {} isn't a port (1 to {})", shown, text, kMostPort)};
}

Result<Address> network_address(const std::string& source, const std::string& scheme) {
  const auto known = std::ranges::find(kSchemes, scheme, &Scheme::name);
  const std::string shown = without_user(source);
  if (known == kSchemes.end()) {
    std::string names;
    for (const Scheme& each : kSchemes) {
      names += (names.empty() ? "" : ", ") + std::string(each.name);
    }
    return base::fail(ErrorCode::kUnsupported, "{}: the protocol {} isn't supported; these are: {}",
                      shown, scheme, names);
  }
  if (auto error = why_no_port(shown)) {
    return tl::unexpected(*std::move(error));
  }
  return Address{known->kind, scheme + source.substr(scheme.size()), known->protocols, shown,
                 scheme};
}

}  // namespace

Result<Address> parse_address(const std::string& source) {
  if (const std::string scheme = scheme_of(source); !scheme.empty()) {
    return network_address(source, scheme);
  }
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  if (status.type() == fs::file_type::not_found) {
    const bool camera = source.starts_with("/dev/video");
    return base::fail(ErrorCode::kNotFound, "{}: no such {}", source, camera ? "camera" : "file");
  }
  if (error) {
    return base::fail(ErrorCode::kIo, "{}: can't be read: {}", source, error.message());
  }
  if (fs::is_character_file(status) && source.starts_with("/dev/video")) {
    return Address{Address::Kind::kCamera, source, "", source, ""};
  }
  if (fs::is_fifo(status)) {
    return base::fail(ErrorCode::kUnsupported,
                      "{}: a video can't come by a pipe; save it to a file", source);
  }
  if (!fs::is_regular_file(status)) {
    return base::fail(ErrorCode::kUnsupported,
                      "{}: isn't a regular file, a network address or a camera /dev/video*",
                      source);
  }
  if (fs::file_size(source, error) == 0) {
    return base::fail(ErrorCode::kMalformed, "{}: is empty", source);
  }
  // The prefix makes "a:b.mp4" a plain file.
  return Address{Address::Kind::kFile, "file:" + source, "file", source, ""};
}

}  // namespace yolofleet::video::ffmpeg
