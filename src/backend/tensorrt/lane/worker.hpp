#pragma once

#include <pthread.h>

#include <thread>
#include <utility>

#include "backend/tensorrt/lane/channel.hpp"

namespace yolofleet::backend::tensorrt {

/// The name that the system shows for a lane's threads. Tests tell by it which thread calls what.
inline constexpr const char* kLaneThreadName = "yolofleet-lane";

/// A thread that processes the values of a channel. The destructor closes the channel and joins the
/// thread. So the thread also ends if its owner's constructor fails later, when it starts another
/// thread.
template <typename T>
class Worker {
 public:
  /// `work` must return once the channel is closed and empty. Throws std::system_error if no thread
  /// can be started.
  template <typename Work>
  Worker(Channel<T>& channel, Work work) : channel_(channel), thread_(std::move(work)) {
    static_cast<void>(pthread_setname_np(thread_.native_handle(), kLaneThreadName));
  }
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
