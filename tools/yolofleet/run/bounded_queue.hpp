#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace yolofleet::command {

/// A first-in first-out queue between one thread that fills and one that takes, which holds at most
/// a stated number of things. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  /// Precondition: `capacity` is at least 1.
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room.
  void push(T value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return values_.size() < capacity_; });
    values_.push_back(std::move(value));
    filled_.notify_one();
  }

  /// Says that nothing more comes.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    filled_.notify_one();
  }

  /// The oldest; waits for one. Nothing once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !values_.empty(); });
    if (values_.empty()) {
      return std::nullopt;
    }
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    room_.notify_one();
    return value;
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::deque<T> values_;
  bool closed_ = false;
};

}  // namespace yolofleet::command
