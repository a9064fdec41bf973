#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "backend/lane.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend {

/// Decodes picture files on a device, side by side with the CPU's cores. Its pictures stay in the
/// device's memory, and belong to the lane of that device. That memory is bounded, and is allocated
/// when the decoder is made. A picture's part of it is free again once the picture is destroyed.
///
/// Thread safety: all members but the destructor, from any number of threads; `decode` from no more
/// than `threads()` at a time. The current device of the threads that call `decode` changes. The
/// destructor must not run before the pictures that it made are destroyed.
class Decoder {
 public:
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;

  /// Describes the decoder: "cuda:0: JPEG files by nvJPEG 13.0.1, hardware".
  virtual std::string description() const = 0;

  /// The most files that `decode` takes at once; it is fastest with as many.
  virtual std::size_t batch() const noexcept = 0;

  /// How many threads may call `decode` at the same time; it is fastest with as many. At least 1.
  virtual std::size_t threads() const noexcept { return 1; }

  /// Whether the device can decode the file, as its headers say, and has enough memory for it if it
  /// has no other picture. Quick: it reads no picture data.
  virtual bool takes(std::span<const std::byte> file) const noexcept = 0;

  /// Decodes 1 to `batch()` files that `takes` accepted, the first ones, as many as there is memory
  /// for, and waits until they are done. Returns their number; the jobs after them stay as they
  /// are. For each that it has decoded, Job::picture becomes a DeviceImage and the file moves to
  /// Job::file. A job whose file the device couldn't decode stays as it is: the CPU then says what
  /// is wrong with it. Errors: kDevice (the decoder can't be used any more; the jobs that it hasn't
  /// decoded stay as they are).
  virtual Result<std::size_t> decode(std::span<Job> jobs) = 0;

  /// To be called after `decode` had too little memory: blocks until pictures were destroyed since
  /// then, and half of the memory is free or no picture is left. Returns at once after `stop`.
  virtual void wait_for_memory() = 0;

  /// Ends a call of `wait_for_memory`, and all later ones.
  virtual void stop() noexcept = 0;
};

}  // namespace yolofleet::backend
