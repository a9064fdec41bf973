#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace yolofleet::command {

/// "  12/200   6 %  [##                  ]  24.0 pictures/s  0:07 left". While `done` is 0, the
/// rate and the time are left out. Precondition: `total` is at least 1.
std::string format_progress(std::uint64_t done, std::uint64_t total, double seconds);

/// "0:07", "12:34", "3:05:09".
std::string format_duration(double seconds);

/// The messages of a run and, below them, its progress line, both on standard error. The line is
/// drawn ten times a second at most. Not thread-safe.
class Progress {
 public:
  /// `shown`: draw the line (standard error is a terminal, and --no-progress isn't given).
  Progress(bool shown, std::uint64_t total);

  void update(std::uint64_t done);

  /// Takes the line away; the next `update` draws it again.
  void hide();

  /// Writes "yolofleet: " and the text as a line of its own.
  void message(const std::string& text);

  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool shown_;
  std::uint64_t total_;
  Clock::time_point start_;
  Clock::time_point drawn_;
  bool visible_ = false;
};

}  // namespace yolofleet::command
