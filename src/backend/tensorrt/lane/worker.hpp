#pragma once

#include <thread>
#include <utility>

#include "backend/tensorrt/lane/channel.hpp"

namespace yolofleet::backend::tensorrt {

/// A thread that processes the values of a channel. The destructor closes the channel and joins the
/// thread. So the thread also ends if its owner's constructor fails later, when it starts another
/// thread.
template <typename T>
class Worker {
 public:
  /// `work` must return once the channel is closed and empty. Throws std::system_error if no thread
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
