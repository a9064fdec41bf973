#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "yolofleet/picture.hpp"

namespace yolofleet::fleet {

/// The results of the pictures under way, returned in the order of their tickets or as they arrive.
/// Not for several threads at once.
class Results {
 public:
  explicit Results(bool ordered) : ordered_(ordered) {}

  /// Makes room for the result of a picture; returns its ticket, counted from 0.
  std::uint64_t expect();

  /// Adds the result of the picture whose ticket is `result.index`.
  void put(PictureResult result);

  /// Whether `take` has a result to return.
  bool ready() const;

  /// Precondition: `ready()`.
  PictureResult take();

  /// Whether no result comes before that of this ticket, which wasn't taken yet.
  bool is_next(std::uint64_t ticket) const { return ordered_ && ticket == oldest(); }

  /// The number of expected results that were not taken yet.
  std::size_t under_way() const { return under_way_; }

 private:
  /// The ticket of the oldest result under way, if they are ordered.
  std::uint64_t oldest() const { return next_ticket_ - under_way_; }

  const bool ordered_;
  std::uint64_t next_ticket_ = 0;
  std::size_t under_way_ = 0;
  // Ordered: [i] is for the ticket that is i after the oldest one under way. Otherwise: the results
  // that have arrived.
  std::deque<std::optional<PictureResult>> results_;
};

}  // namespace yolofleet::fleet
