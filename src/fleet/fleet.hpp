#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "backend/lane.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::fleet {

/// Opens a lane that hands its finished batches to the given function.
using OpenLane =
    std::function<Result<std::unique_ptr<backend::Lane>>(const backend::OnFinished& on_finished)>;

/// Many lanes behind one queue: feeds whichever has a free slot, gives results in the order of
/// submission, and bounds how many pictures are under way.
///
/// Thread safety: all members but the destructor, from any number of threads.
class Fleet {
 public:
  /// Opens one lane after the other. Errors: that of the first lane that can't be opened.
  /// Precondition: at least one lane.
  static Result<std::unique_ptr<Fleet>> open(const std::vector<OpenLane>& lanes);

  /// Drops what no lane took yet, waits for what one did, and discards the results.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Pictures that may be submitted without their results being taken: enough that every lane has
  /// its next batches waiting while the results of the last ones are held back by a slower lane.
  std::size_t capacity() const noexcept { return capacity_; }

  /// Hands a picture in; blocks while `capacity()` are under way. Errors: kCancelled after
  /// `finish`, even if it was called while this call was blocked.
  Result<void> submit(Picture picture);

  /// As `submit`; false, and the picture left alone, where that would block.
  Result<bool> try_submit(Picture& picture);

  /// Nothing more will be submitted.
  void finish();

  /// The next result in the order of submission; blocks until it is there. Nothing after `finish`
  /// and the last result.
  std::optional<PictureResult> next();

  const std::vector<std::unique_ptr<backend::Lane>>& lanes() const noexcept { return lanes_; }

 private:
  Fleet() = default;

  void accept(Picture& picture);                       // with mutex_ held
  void dispatch();                                     // with mutex_ held
  void take_back(std::vector<PictureResult> results);  // a lane's OnFinished

  std::size_t capacity_ = 0;

  std::mutex mutex_;
  std::condition_variable room_;    // a result was taken, or finish
  std::condition_variable result_;  // a result came, or finish
  bool finished_ = false;
  std::uint64_t submitted_ = 0;
  std::uint64_t taken_ = 0;
  std::deque<backend::Job> waiting_;                    // submitted, not yet in a lane
  std::deque<std::optional<PictureResult>> under_way_;  // [i] belongs to index taken_ + i

  std::vector<std::unique_ptr<backend::Lane>> lanes_;
};

}  // namespace yolofleet::fleet
