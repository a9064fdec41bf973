#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace yolofleet::command {

/// "  12/200   6 %  [##                  ]  24.0 pictures/s  0:07 left". While `done` is 0, the
/// rate and the time are left out. Precondition: `total` is at least 1.
std::string format_progress(std::uint64_t done, std::uint64_t total, double seconds);

/// "0:07", "12:34", "3:05:09".
std::string format_duration(double seconds);

/// The same for a run with videos: "  20 %  [####                ]  1234 frames  240.0 frames/s
/// 0:07 left". `part` is done, 0 to 1; without it there is neither a bar nor a time.
std::string format_video_progress(std::uint64_t frames, std::optional<double> part, double seconds);

/// The messages of a run and, below them, its progress line, both on standard error. The line is
/// drawn ten times a second at most. Thread-safe.
class Progress {
 public:
  /// `shown`: draw the line (standard error is a terminal, and --no-progress isn't given).
  Progress(bool shown, std::uint64_t total);

  void update(std::uint64_t done);

  /// Of a run with videos: `done` pictures and frames, and the part of the videos that is decoded.
  void update(std::uint64_t done, std::uint64_t frames, std::optional<double> part);

  /// Takes the line away; the next `update` draws it again.
  void hide();

  /// Writes "yolofleet: " and the text as a line of its own.
  void message(const std::string& text);

  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool may_draw() const;
  void draw(const std::string& line);
  void take_away();

  mutable std::mutex mutex_;
  bool shown_;
  std::uint64_t total_;
  Clock::time_point start_;
  Clock::time_point drawn_;
  bool visible_ = false;
};

}  // namespace yolofleet::command
