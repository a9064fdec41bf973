#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "backend/lane.hpp"

namespace yolofleet::fleet {

/// A set of device decoders: bit i is the i-th one.
using DecoderSet = std::uint64_t;
inline constexpr std::size_t kMostDecoders = 64;

/// The files that wait to be decoded, by threads on the CPU or by decoders of devices. Each takes
/// the oldest tickets first. Not for several threads at once.
class DecodeQueue {
 public:
  /// `cpu_takes_all`: the CPU takes every file; else only those that no device takes.
  explicit DecodeQueue(bool cpu_takes_all) : cpu_takes_all_(cpu_takes_all) {}

  /// A file and the decoders that take it.
  struct Entry {
    backend::Job job;
    DecoderSet takers = 0;
  };

  void add(Entry entry);

  bool cpu_takes_all() const { return cpu_takes_all_; }
  /// Whether the CPU has to do something.
  bool has_for_cpu() const;
  /// Precondition: has_for_cpu().
  backend::Job take_for_cpu();

  bool has_for(std::size_t decoder) const;
  /// Up to `most` files for this decoder.
  std::vector<Entry> take_for(std::size_t decoder, std::size_t most);

  /// No file is for this decoder any more.
  void drop_taker(std::size_t decoder);

 private:
  using Entries = std::deque<Entry>;  // by ticket

  const bool cpu_takes_all_;
  Entries for_devices_;  // with at least one taker
  Entries for_cpu_;      // without
};

}  // namespace yolofleet::fleet
