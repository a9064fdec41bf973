#pragma once

#include <chrono>
#include <optional>

namespace yolofleet::command {

/// The time of a live source: seconds since its first frame. They follow the frames' time stamps,
/// which are even. Where these leave the time of arrival they are moved: the clock of a source may
/// jump, be set back, or stand still.
class LiveClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The time of the next frame: greater than that of the frame before. `stamp`: in seconds.
  double seconds(double stamp, Time read_at);

  /// The next frame's stamp has nothing to do with those before it.
  void restart() noexcept { restarted_ = true; }

  /// When the first frame arrived.
  const std::optional<Time>& began() const noexcept { return began_; }

 private:
  /// Whether the stamps can't be followed any more.
  bool has_jumped(double stamp, Time read_at);

  std::optional<Time> began_;
  bool restarted_ = false;
  double offset_ = 0;   ///< from the stamps to the seconds
  double seconds_ = 0;  ///< of the last frame, as the next two
  double stamp_ = 0;
  Time read_at_;
  std::optional<Time> late_since_;  ///< since then the stamps are far behind the time of arrival
};

}  // namespace yolofleet::command
