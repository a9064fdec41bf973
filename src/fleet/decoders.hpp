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

/// How files are decoded for lanes that take only pixels.
struct DecodeOptions {
  int threads = 0;      ///< at least 1
  DecodeLimits limits;  ///< and the memory that pixels are decoded to
};

/// Threads that decode files, the oldest first.
class Decoders {
 public:
  /// Takes a job whose picture is now an Image, or the error of its file. Called from the decoding
  /// threads, in any order. Must not wait for this object.
  using OnDecoded = std::function<void(backend::Job job, std::optional<Error> error)>;

  /// Throws std::system_error if a thread can't be started.
  Decoders(const DecodeOptions& options, OnDecoded on_decoded);
  /// Drops the jobs that no thread has begun, and waits for the others.
  ~Decoders();
  Decoders(const Decoders&) = delete;
  Decoders& operator=(const Decoders&) = delete;

  /// Any thread. Precondition: the picture is an EncodedImage.
  void add(backend::Job job);

  std::size_t threads() const noexcept { return threads_.size(); }
  /// Time spent decoding, summed over the threads.
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
