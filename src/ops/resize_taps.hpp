#pragma once

#include <cstddef>
#include <vector>

namespace yolofleet::ops {

/// The two source positions of each target position in one direction, and their weights: (1 -
/// fraction) * first + fraction * second. `second` is `first` + 1, or `first` at the source's end.
struct Taps {
  std::vector<int> first;
  std::vector<int> second;
  std::vector<float> fraction;
  int source = 0;  ///< positions in the source

  std::size_t size() const noexcept { return first.size(); }
};

/// Corner-aligned, as `resize` says.
Taps make_taps(int source, int target);

/// The same positions in a source that lies the other way round.
Taps reversed(Taps taps);

}  // namespace yolofleet::ops
