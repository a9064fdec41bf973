#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace yolofleet::backend::tensorrt {

/// A first-in, first-out queue between two threads.
template <typename T>
class Channel {
 public:
  void push(T value) {
    {
      const std::lock_guard lock{mutex_};
      values_.push_back(std::move(value));
    }
    changed_.notify_one();
  }
  /// Waits for a value. Returns false once the channel is closed and empty.
  bool pop(T& value) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return closed_ || !values_.empty(); });
    if (values_.empty()) {
      return false;
    }
    value = std::move(values_.front());
    values_.pop_front();
    return true;
  }
  /// Closes the channel. Values that were pushed before can still be popped.
  void close() {
    {
      const std::lock_guard lock{mutex_};
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> values_;
  bool closed_ = false;
};

}  // namespace yolofleet::backend::tensorrt
