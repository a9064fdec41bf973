#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "yolofleet/detector.hpp"

namespace yolofleet::python {

/// The results of one call of `detect` or one stream. Its members belong to the Session.
struct Inbox {
  std::deque<PictureResult> results;  ///< `index` counts the pictures of this inbox
  std::uint64_t submitted = 0;
  std::uint64_t taken = 0;
  bool eager = false;   ///< results are taken from the Detector before somebody waits for them
  bool closed = false;  ///< its results are dropped
};

/// A Detector whose results several callers take, each those of its own pictures. Knows nothing of
/// Python; no function may be called with the GIL if it can wait. Thread-safe.
class Session {
 public:
  explicit Session(Detector detector);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();  ///< closes

  /// Drops pictures that no device has started, and ends all waits. Waits for pictures under way.
  void close();

  std::shared_ptr<Inbox> open_inbox(bool eager);
  void close_inbox(Inbox& inbox);

  /// Submits a picture under a key. False: there is no room now, and `picture` is unchanged.
  /// Errors: those of Detector::submit, kCancelled after `close`.
  Result<bool> try_submit(Picture& picture, const std::shared_ptr<Inbox>& inbox, std::uint64_t key);
  /// Submits an error in place of a picture; waits for room.
  Result<void> submit_error(Error error, const std::shared_ptr<Inbox>& inbox, std::uint64_t key);

  /// A result with its key.
  struct Keyed {
    PictureResult result;
    std::uint64_t key;
  };

  /// Waits for the inbox's next result, at most for `patience`. Nothing: none came. Errors:
  /// kCancelled after `close`.
  Result<std::optional<Keyed>> next(Inbox& inbox, std::chrono::milliseconds patience);
  /// Waits until any result came, at most for `patience`: there may be room then.
  void wait_for_room(std::chrono::milliseconds patience);

  /// Pictures of the inbox whose results weren't taken yet.
  std::uint64_t under_way(const Inbox& inbox) const;
  /// The keys of results that were dropped since the last call.
  std::vector<std::uint64_t> dropped();

  /// Null after `close`. The caller keeps it only for one call.
  std::shared_ptr<Detector> detector() const;

 private:
  struct Tag;
  class Wanting;
  void collect();
  void hand_out(PictureResult result);

  mutable std::mutex mutex_;
  std::condition_variable wanted_;  // results are wanted, or it closes
  std::condition_variable came_;    // a result came, or it closes
  std::shared_ptr<Detector> detector_;
  std::vector<std::uint64_t> dropped_;
  int want_ = 0;  // waits and eager inboxes
  bool closing_ = false;
  std::thread collector_;
};

}  // namespace yolofleet::python
