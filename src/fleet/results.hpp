#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "yolofleet/picture.hpp"

namespace yolofleet::fleet {

/// The results of the pictures that are under way, given out in the order of their tickets or as
/// they come. Not for several threads at once.
class Results {
 public:
  explicit Results(bool ordered) : ordered_(ordered) {}

  /// A picture is under way now; its ticket, counted from 0.
  std::uint64_t expect();

  /// Takes the result of an expected picture, which its index says.
  void put(PictureResult result);

  /// Whether `take` has something to give.
  bool ready() const;

  /// Precondition: `ready()`.
  PictureResult take();

  /// Pictures that were expected and whose results were not yet taken.
  std::size_t under_way() const { return under_way_; }

 private:
  const bool ordered_;
  std::uint64_t next_ticket_ = 0;
  std::size_t under_way_ = 0;
  // Ordered: [i] is of the oldest ticket under way + i. Else what has come.
  std::deque<std::optional<PictureResult>> results_;
};

}  // namespace yolofleet::fleet
