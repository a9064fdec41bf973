#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "output/sink.hpp"

namespace yolofleet::command {

/// The newest picture of each video, with its detections drawn in, for those who look. While nobody
/// looks at a video, none is kept. Thread-safe.
class ViewBoard {
 public:
  /// Between two pictures of a video, at least; and how long a look lasts.
  static constexpr std::chrono::milliseconds kBetween{100};
  static constexpr std::chrono::milliseconds kLook{2'000};

  explicit ViewBoard(std::size_t videos) : shows_(videos) {}

  /// Whether the pixels of this frame are to be kept: somebody looks at its video, and the last
  /// picture is some time ago.
  bool wants(const Frame& frame);

  /// Shows a frame with its detections drawn in.
  void put(const Frame& frame, Image picture);

  /// The newest picture of a video, as a JPEG file; nothing if there is none yet. Counts as a look.
  std::optional<std::string> jpeg(std::size_t video);

  /// The number of videos.
  std::size_t size() const noexcept { return shows_.size(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Show {
    std::optional<Clock::time_point> looked;
    std::optional<Clock::time_point> wanted;
    std::shared_ptr<const Image> picture;
  };

  std::mutex mutex_;
  std::vector<Show> shows_;
};

/// The sink that draws detections into frames and gives them to the board, which must outlive it.
/// It takes the pixels of the outcome. `drawn`: another sink has drawn the detections before.
std::unique_ptr<Sink> make_view_sink(ViewBoard& board, std::vector<std::string> names, bool drawn);

}  // namespace yolofleet::command
