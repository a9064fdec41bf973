#include "shared/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kBarWidth = 20;
constexpr std::chrono::milliseconds kRedraw{100};

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  const std::uint64_t hours = whole / 3600;
  const std::uint64_t minutes = whole / 60 % 60;
  if (hours > 0) {
    return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  }
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string format_video_progress(std::uint64_t frames, std::optional<double> part,
                                  double seconds) {
  std::string line;
  if (part) {
    const auto filled = static_cast<std::size_t>(*part * static_cast<double>(kBarWidth));
    line = fmt::format("{:>3.0f} %  [{}{}]  ", std::floor(*part * 100), std::string(filled, '#'),
                       std::string(kBarWidth - filled, ' '));
  }
  line += count_of(frames, "frame");
  if (frames > 0 && seconds > 0) {
    line += fmt::format("  {:.1f} frames/s", static_cast<double>(frames) / seconds);
    if (part && *part > 0) {
      line += fmt::format("  {} left", format_duration(seconds * (1 - *part) / *part));
    }
  }
  return line;
}

std::string format_progress(std::uint64_t done, std::uint64_t total, double seconds) {
  const std::uint64_t all = std::max(done, total);  // the folder may have grown since the count
  const double part = static_cast<double>(done) / static_cast<double>(all);
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(kBarWidth));
  const std::string number = fmt::format("{}", all);
  std::string line = fmt::format("{:>{}}/{}  {:>3.0f} %  [{}{}]", done, number.size(), number,
                                 std::floor(part * 100), std::string(filled, '#'),
                                 std::string(kBarWidth - filled, ' '));
  if (done > 0 && seconds > 0) {
    const double rate = static_cast<double>(done) / seconds;
    line += fmt::format("  {:.1f} pictures/s  {} left", rate,
                        format_duration(static_cast<double>(all - done) / rate));
  }
  return line;
}

Progress::Progress(bool shown, std::uint64_t total)
    : shown_(shown && total > 0), total_(total), start_(Clock::now()), drawn_(start_ - kRedraw) {}

bool Progress::may_draw() const {
  return shown_ && (!visible_ || Clock::now() - drawn_ >= kRedraw);
}

void Progress::draw(const std::string& line) {
  say(fmt::format("\r{}\x1B[K", line));
  drawn_ = Clock::now();
  visible_ = true;
}

void Progress::update(std::uint64_t done) {
  const std::lock_guard lock(mutex_);
  if (may_draw()) {
    draw(format_progress(done, total_, seconds()));
  }
}

void Progress::update(std::uint64_t done, std::uint64_t frames, std::optional<double> part) {
  const std::lock_guard lock(mutex_);
  if (!may_draw()) {
    return;
  }
  std::string line = format_video_progress(frames, part, seconds());
  if (done > frames) {
    line += "  " + count_of(done - frames, "picture");
  }
  draw(line);
}

void Progress::hide() {
  const std::lock_guard lock(mutex_);
  take_away();
}

void Progress::take_away() {
  if (visible_) {
    say("\r\x1B[K");
    visible_ = false;
  }
}

void Progress::message(const std::string& text) {
  const std::lock_guard lock(mutex_);
  take_away();
  say(fmt::format("yolofleet: {}\n", printable(text)));
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace yolofleet::command
