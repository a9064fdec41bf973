#pragma once

#include <cstdint>

namespace yolofleet::graph {

/// A tensor of one picture: channels, height, width, in this order in memory (row-major).
struct Shape {
  int channels = 0;
  int height = 0;
  int width = 0;

  std::int64_t elements() const noexcept {
    return std::int64_t{channels} * std::int64_t{height} * std::int64_t{width};
  }
  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace yolofleet::graph
