#pragma once

extern "C" {
#include <libavformat/avio.h>
}

#include <atomic>
#include <chrono>

namespace yolofleet::video::ffmpeg {

/// Ends calls of FFmpeg that wait for a source: after a time, or when another thread asks for it.
class Guard {
 public:
  explicit Guard(std::chrono::milliseconds timeout) noexcept : timeout_(timeout) { restart(); }

  /// The time counts from now on.
  void restart() noexcept { deadline_ = std::chrono::steady_clock::now() + timeout_; }
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }
  bool expired() const noexcept { return std::chrono::steady_clock::now() >= deadline_.load(); }

  /// May be called from any thread.
  void interrupt() noexcept { interrupted_ = true; }
  bool interrupted() const noexcept { return interrupted_; }

  /// For FFmpeg, which keeps a pointer to this object.
  AVIOInterruptCB callback() noexcept {
    return {[](void* guard) {
              const auto* const self = static_cast<const Guard*>(guard);
              return static_cast<int>(self->interrupted() || self->expired());
            },
            this};
  }

 private:
  std::chrono::milliseconds timeout_;
  std::atomic<std::chrono::steady_clock::time_point> deadline_{};  // FFmpeg's threads read it, too
  std::atomic<bool> interrupted_ = false;
};

}  // namespace yolofleet::video::ffmpeg
