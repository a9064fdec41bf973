#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "backend/lane.hpp"
#include "fleet/clock.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::fleet {

/// How pictures are decoded before a lane gets them.
struct DecodeOptions {
  int threads = 0;      ///< 0: not at all; lanes do it
  DecodeLimits limits;  ///< with the memory that pixels go to
};

/// Threads that make pixels of encoded pictures, each of the next one that was added.
class Decoders {
 public:
  /// Takes a job whose picture is an Image now, or the error instead. Called from the threads, in
  /// no order; must not wait for this object.
  using OnDecoded = std::function<void(backend::Job job, std::optional<Error> error)>;

  /// Precondition: at least one thread. Throws std::system_error where one can't be started.
  Decoders(const DecodeOptions& options, OnDecoded on_decoded);
  /// Drops what was not begun, waits for what was.
  ~Decoders();
  Decoders(const Decoders&) = delete;
  Decoders& operator=(const Decoders&) = delete;

  /// Any thread. Precondition: the picture is an EncodedImage.
  void add(backend::Job job);

  std::size_t threads() const noexcept { return threads_.size(); }
  /// Of all threads together.
  double busy_seconds() const;

 private:
  void run();
  /// Ends the threads and waits for them.
  void stop();

  const DecodeLimits limits_;
  const OnDecoded on_decoded_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<backend::Job> jobs_;
  bool closing_ = false;
  Clock::duration busy_{};
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace yolofleet::fleet
