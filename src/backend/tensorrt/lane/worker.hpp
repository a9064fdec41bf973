#pragma once

#include <thread>
#include <utility>

#include "backend/tensorrt/lane/channel.hpp"

namespace yolofleet::backend::tensorrt {

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
