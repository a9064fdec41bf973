#include "video/ffmpeg/log.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

namespace yolofleet::video::ffmpeg {
namespace {

constexpr std::size_t kLongest = 300;  // of a line

// An array, since it is written inside FFmpeg, where nothing may be thrown.
thread_local std::array<char, kLongest> last_line{};

void keep_errors(void* /*context*/, int level, const char* format, va_list values) {
  if (level > AV_LOG_ERROR) {
    return;
  }
  std::array<char, kLongest> line{};
  if (std::vsnprintf(line.data(), line.size(), format, values) > 0) {
    last_line = line;
  }
}

/// Without line ends and other control characters, and without blanks and a full stop at its end.
std::string cleaned(std::string_view line) {
  std::string text(line);
  std::ranges::replace_if(
      text, [](unsigned char letter) { return letter < ' ' || letter == 0x7F; }, ' ');
  text.erase(text.find_last_not_of(" .") + 1);
  return text;
}

}  // namespace

void silence_log() noexcept {
  av_log_set_callback(keep_errors);
}

void forget_log() noexcept {
  last_line.front() = '\0';
}

bool logged_error() noexcept {
  return last_line.front() != '\0';
}

std::string reason_of(int error) {
  std::string logged = cleaned(last_line.data());
  if (!logged.empty()) {
    return logged;
  }
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return text.data();
}

std::string_view meaning_of(std::string_view reason) noexcept {
  if (reason.find("moov atom not found") != std::string_view::npos) {
    return "is cut off: its index (moov) is missing";
  }
  if (reason.find("not on whitelist") != std::string_view::npos) {
    return kForbiddenRedirect;
  }
  return {};
}

}  // namespace yolofleet::video::ffmpeg
