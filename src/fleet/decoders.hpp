#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backend/decoder.hpp"
#include "backend/lane.hpp"
#include "backend/pixels.hpp"
#include "fleet/busy_time.hpp"
#include "fleet/clock.hpp"
#include "fleet/decode_queue.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::fleet {

/// The threads of the CPU, of as many cores, that decode where devices decode, too. With more,
/// those that feed the devices and their lanes get too little (measured:
/// docs/measurements/2026-12-01.md).
constexpr int threads_beside_devices(int cores) noexcept {
  return cores - cores * 3 / 8;
}

/// How files are decoded for lanes that take only pixels.
struct DecodeOptions {
  int threads = 0;           ///< of the CPU, at least 1
  bool leave_cores = false;  ///< where devices decode, too: only threads_beside_devices(threads)
  Decode decode{};           ///< Options::decode
  backend::FileDecoding files;
};

/// The decoder of a lane's device.
struct LaneDecoder {
  std::string device;
  std::size_t lane = 0;  ///< its pictures are for this lane
  /// The most pictures that it decodes or that wait for the lane: it doesn't decode what other
  /// lanes could process earlier.
  std::size_t most_ahead = 0;
  std::unique_ptr<backend::Decoder> decoder;
};

/// Decodes files on the CPU's cores and in decoders of devices, side by side from one queue, each
/// as fast as it goes, the oldest files first. Each core takes one file at a time; a device's
/// decoder takes batches of those that it `takes`, in threads of its own, which may wait for the
/// device and may allocate. With Decode::kGpu the CPU takes only files that no device takes; else a
/// device decodes only while the lanes lack pictures, because decoding slows its network down
/// (measured: docs/measurements/2026-11-30.md). A file that a device couldn't decode goes to the
/// CPU.
///
/// The CPU's threads have a lower priority than all others of the process: they take all cores, and
/// a device that waits for the thread that feeds it stands still.
///
/// Why nothing waits for ever: a decoder that finds its memory full puts the files back into the
/// queue, where the CPU or another device may take them, and then waits until its lane has finished
/// pictures. Each of these pictures is in the lane or may enter it. Events::stalled tells the fleet
/// that no more may come, so that the lane starts with a part of a batch. A lane finishes its
/// pictures whatever the turn of their results is, and results don't hold device memory. So the
/// memory becomes free, whether or not results are ordered and whoever decodes the picture whose
/// turn it is.
///
/// Thread safety: all members but the destructor, from any number of threads. `add`, `taken`,
/// `lanes_have_enough` and `lose` never wait for a decoding thread, so the caller may hold a mutex
/// that Events need.
class Decoders {
 public:
  /// A file whose picture now has pixels, or the error of the file.
  struct Decoded {
    backend::Job job;
    std::optional<Error> error;
    std::optional<std::size_t> lane;  ///< the only one that should get it: a device decoded it
  };
  /// Called from the decoding threads, in any order. Must not wait for this object.
  struct Events {
    std::function<void(std::vector<Decoded> decoded)> decoded;
    /// A thread of the lane's decoder waits for memory, or doesn't wait any more.
    std::function<void(std::size_t lane, bool stalled)> stalled;
  };

  /// Throws std::system_error if a thread can't be started.
  Decoders(const DecodeOptions& options, std::vector<LaneDecoder> devices, Events events);
  /// As `stop`. The pictures that devices have decoded must be destroyed before.
  ~Decoders();
  Decoders(const Decoders&) = delete;
  Decoders& operator=(const Decoders&) = delete;

  /// Precondition: the picture is an EncodedImage.
  void add(backend::Job job);

  /// Tells whether enough pictures wait for the lanes. While they do, no device begins to decode,
  /// unless the CPU leaves the files to the devices.
  void lanes_have_enough(bool enough);

  /// The lane has taken pictures that its own decoder made.
  void taken(std::size_t lane, std::size_t pictures);

  /// The lane was lost: its decoder isn't used any more.
  void lose(std::size_t lane);

  /// Drops the files that no thread has begun, and waits for the threads. No event comes
  /// afterwards.
  void stop();

  /// Fills in the counts and times of decoding.
  void write(FleetReport& report) const;

 private:
  /// A device's decoder at work. mutex_ guards all but `with` and `index`.
  struct Device {
    LaneDecoder with;
    std::size_t index = 0;
    std::condition_variable changed;
    std::size_t ahead = 0;       // pictures being decoded or waiting for the lane
    bool ended = false;          // takes no more files
    std::optional<Error> error;  // why, if it failed
    std::uint64_t pictures = 0;
    BusyTime busy;
    std::vector<std::thread> threads;
  };

  void run_cpu();
  void run_device(Device& device);
  bool has_work(const Device& device) const;
  std::vector<DecodeQueue::Entry> take_batch(Device& device);
  /// Decodes the files, reports those that worked, and puts the others back into the queue. Returns
  /// whether there was too little memory.
  bool decode(Device& device, std::vector<DecodeQueue::Entry> entries);
  static DecoderSet bit_of(const Device& device) { return DecoderSet{1} << device.index; }
  void end(Device& device);
  void wake_all();

  const backend::FileDecoding decoding_;
  const Events events_;
  mutable std::mutex mutex_;
  std::condition_variable cpu_changed_;
  DecodeQueue queue_;
  DecoderSet live_ = 0;  // those that take files
  std::atomic<bool> enough_{false};
  bool closing_ = false;
  Clock::duration busy_{};      // of the CPU's threads
  std::uint64_t pictures_ = 0;  // that they began to decode
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace yolofleet::fleet
