#pragma once

#include <cstdint>

namespace yolofleet::command {

/// Chooses the frames of one video that are detected in.
class FrameFilter {
 public:
  FrameFilter() = default;
  /// Each `every`-th frame, from the first on, and at most `fps` of these for each second of the
  /// video (0: no limit).
  FrameFilter(std::uint64_t every, double fps) : every_(every), fps_(fps) {}

  /// Call it once for each frame, in their order.
  bool takes(std::uint64_t number, double seconds);

  /// The rate of the taken frames for a video with this rate; 0: unknown.
  double rate(double of_video) const;

 private:
  std::uint64_t every_ = 1;
  double fps_ = 0;
  double due_ = -1e300;  ///< the earliest time of the next frame, in parts of 1 / fps
};

}  // namespace yolofleet::command
