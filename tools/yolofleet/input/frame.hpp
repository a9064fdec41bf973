#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace yolofleet::command {

/// The place of a frame in its video.
struct Frame {
  std::uint64_t number = 0;  ///< from 0, among the frames that were decoded
  double seconds = 0;        ///< from the start of the video; live: from the first frame
  /// When its encoded bytes had been read.
  std::chrono::steady_clock::time_point read_at{};
  double rate = 0;         ///< of the frames that are taken, in frames a second; 0: unknown
  std::size_t source = 0;  ///< the video's place among the videos of the run
  bool live = false;       ///< of a camera or a stream
  bool last = false;       ///< no frame of this video follows; false for a live source
};

}  // namespace yolofleet::command
