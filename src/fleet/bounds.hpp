#pragma once

#include <cstddef>
#include <span>

namespace yolofleet::fleet {

/// How many pictures may be in a lane at once.
struct LaneSize {
  std::size_t slots = 1;
  std::size_t batch = 1;
};

/// What a fleet holds at most.
struct Bounds {
  std::size_t pictures = 0;   ///< that wait or are in lanes: these take memory for their pixels
  std::size_t under_way = 0;  ///< these, and results that were not yet taken; at least `pictures`
};

/// Every lane can have all its slots full and as much again waiting for it; kFewestPictures
/// pictures at least, since with fewer under way threads sleep and wake for each of them. With
/// `hold_results`, results may also wait for their turn: while a lane works off what it holds, one
/// that is kSpeedRatio times faster finishes kSpeedRatio times that many, and so does each of the
/// others; but not over kMostHeld.
Bounds bounds_for(std::span<const LaneSize> lanes, bool hold_results);

inline constexpr std::size_t kFewestPictures = 16;
inline constexpr std::size_t kSpeedRatio = 20;
inline constexpr std::size_t kMostHeld = 65'536;

}  // namespace yolofleet::fleet
