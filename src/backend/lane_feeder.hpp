#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "backend/lane.hpp"

namespace yolofleet::backend {

/// Keeps one lane full of the same pictures. One thread at a time may use it.
class LaneFeeder {
 public:
  /// The caller keeps the pixels alive. Precondition: at least one picture.
  explicit LaneFeeder(std::vector<PixelView> pictures) : pictures_(std::move(pictures)) {}
  LaneFeeder(const LaneFeeder&) = delete;
  LaneFeeder& operator=(const LaneFeeder&) = delete;
  ~LaneFeeder() = default;

  /// The lane's OnFinished. The lane must be destroyed before this object.
  OnFinished on_finished();

  /// Feeds full batches for `time` and waits for the last one. Returns pictures a second. Errors:
  /// that of the first picture that fails.
  Result<double> run(Lane& lane, std::chrono::duration<double> time);

  /// Finished batches so far.
  std::uint64_t batches() const;

 private:
  bool failed() const;
  void submit(Lane& lane);

  const std::vector<PixelView> pictures_;
  std::size_t next_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable came_back_;
  std::size_t under_way_ = 0;  // batches
  std::uint64_t batches_ = 0;
  std::optional<Error> error_;
};

}  // namespace yolofleet::backend
