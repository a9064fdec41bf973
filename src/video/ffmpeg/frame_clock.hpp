#pragma once

#include <cstdint>
#include <optional>

#include "video/ffmpeg/decoder.hpp"

namespace yolofleet::video::ffmpeg {

/// The times of a video's frames, in seconds from its start; they never fall back.
class FrameClock {
 public:
  /// `unit`: of the time stamps, in seconds. `start`: the time stamp of the start; without one
  /// (AV_NOPTS_VALUE) it is the first frame's. `frame_rate`: 0: unknown.
  FrameClock(double unit, std::int64_t start, double frame_rate);

  /// The time of the next frame, in the order in which they are shown, that has this time stamp.
  /// Without one it follows the frame before at the average rate. Stamps fall back where two files
  /// were put together, and where the clock of a live source is set back: the time follows the
  /// frame before at the average rate, and goes on from there.
  double seconds(std::int64_t stamp) noexcept;
  /// The time of the next frame of a live source that has no time stamps.
  double seconds_by_arrival(Time read_at) noexcept;

  /// The next frame may be any.
  void jumped() noexcept { any_frame_ = false; }
  /// The time stamp of this time. Precondition: has_start().
  std::int64_t stamp_at(double seconds) const noexcept;
  bool has_start() const noexcept;

 private:
  double unit_;
  std::int64_t start_;
  double frame_duration_;
  double seconds_ = 0;  // of the last frame
  bool any_frame_ = false;
  std::optional<Time> first_read_at_;
};

}  // namespace yolofleet::video::ffmpeg
