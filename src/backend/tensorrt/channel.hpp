#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace yolofleet::backend::tensorrt {

/// First in, first out, between two threads; ends after `close`.
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
  /// Waits for a value; false when closed and empty.
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

/// A thread that takes what comes through a channel. Its end closes the channel and waits for the
/// thread, so that also somebody whose next thread can't be started gets rid of this one.
template <typename T>
class Worker {
 public:
  /// `work`: returns when the channel is closed and empty. Throws std::system_error where no thread
  /// can be started.
  template <typename Work>
  Worker(Channel<T>& channel, Work work) : channel_(channel), thread_(std::move(work)) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    channel_.close();
    thread_.join();
  }

 private:
  Channel<T>& channel_;
  std::thread thread_;
};

}  // namespace yolofleet::backend::tensorrt
