#pragma once

#include <cstddef>
#include <span>

namespace yolofleet::fleet {

/// How many pictures may be in a lane at once.
struct LaneSize {
  std::size_t slots = 1;
  std::size_t batch = 1;
  std::size_t decoded = 0;  ///< files that its device's decoder decodes at once; 0: it has none
};

/// The most pictures that a fleet holds.
struct Bounds {
  std::size_t pictures = 0;   ///< unfinished ones: they take memory for their pixels
  std::size_t under_way = 0;  ///< unfinished ones and results not yet taken; at least `pictures`
};

/// The bounds for these lanes. Bounds::pictures lets every lane have all its slots full and as many
/// pictures waiting for it, and every decoder what it decodes at once and twice as many files in
/// the queue, from which the CPU takes files, too. It is at least kFewestPictures: with fewer,
/// threads would sleep and wake for each picture.
///
/// With `hold_results`, results may also wait for their turn: while a lane finishes what it holds,
/// another lane that is kSpeedRatio times faster finishes kSpeedRatio times as many pictures. There
/// is room for that for each lane but one, up to kMostHeld results.
Bounds bounds_for(std::span<const LaneSize> lanes, bool hold_results);

/// With more pictures than this waiting for the lanes, these don't lack any soon: half of what they
/// hold.
std::size_t enough_for(std::span<const LaneSize> lanes);

inline constexpr std::size_t kFewestPictures = 16;
inline constexpr std::size_t kSpeedRatio = 20;
inline constexpr std::size_t kMostHeld = 65'536;

/// Whether another picture may be submitted. Not for several threads at once.
class Room {
 public:
  explicit Room(const Bounds& bounds) : bounds_(bounds) {}

  /// To be called after each change of the number of pictures.
  void update(std::size_t unfinished, std::size_t under_way);

  std::size_t capacity() const noexcept { return bounds_.under_way; }
  bool is_full() const { return full_; }
  /// Whether to wake a waiting submitter. Once the fleet was full of unfinished pictures, only when
  /// there is room for a quarter of them. Otherwise threads would be woken for each single picture.
  bool is_roomy() const { return !full_ && !crowded_; }

 private:
  const Bounds bounds_;
  bool full_ = false;
  bool crowded_ = false;  // was full, and less than a quarter of the room is free
};

}  // namespace yolofleet::fleet
