#include "graph/fitting_inputs.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "graph/limits.hpp"
#include "graph/shapes.hpp"
#include "graph/strides.hpp"

namespace yolofleet::graph {
namespace {

using Side = int Shape::*;

/// The fitting values of a side that are nearest to a wanted one; equal if that fits.
struct Neighbours {
  int wanted = 0;
  std::optional<int> below;
  std::optional<int> above;

  std::optional<int> nearest() const {
    const bool is_above = above && (!below || *above - wanted < wanted - *below);
    return is_above ? above : below;
  }
};

bool is_side(std::int64_t side) {
  return side >= 1 && side <= limits::kMaxInputSide;
}

class Search {
 public:
  explicit Search(std::span<const Operation> operations)
      : operations_(operations), stride_(largest_stride(operations)) {
    for (std::size_t i = 0; i < operations.size(); ++i) {
      inputs_.push_back(inputs_of(operations[i], static_cast<int>(i)));
      reads_ += inputs_.back().size();
    }
  }

  bool fits(const Shape& input) {
    outputs_.clear();
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      shapes_read_.clear();
      for (const int read : inputs_[i]) {
        shapes_read_.push_back(read < 0 ? input : outputs_[static_cast<std::size_t>(read)]);
      }
      const auto facts = infer(operations_[i], shapes_read_);
      if (!facts) {
        return false;
      }
      outputs_.push_back(facts->output);
    }
    return true;
  }

  /// An input near `wanted` that fits. Its sides are multiples of the largest stride, because all
  /// sizes are whole there; a few more are tried, for kernels that the nearest ones are too small
  /// for.
  std::optional<Shape> whole_near(const Shape& wanted) {
    constexpr int kTries = 8;
    const auto nearest = [](int side, std::int64_t stride) {
      return std::max<std::int64_t>((side + stride / 2) / stride, 1) * stride;
    };
    std::int64_t width = nearest(wanted.width, stride_.x);
    std::int64_t height = nearest(wanted.height, stride_.y);
    for (int i = 0; i < kTries && is_side(width) && is_side(height); ++i) {
      const Shape whole{wanted.channels, static_cast<int>(height), static_cast<int>(width)};
      if (fits(whole)) {
        return whole;
      }
      width += stride_.x;
      height += stride_.y;
    }
    return std::nullopt;
  }

  Neighbours widths(const Shape& whole, int wanted) {
    return neighbours(whole, &Shape::width, wanted, stride_.x);
  }
  Neighbours heights(const Shape& whole, int wanted) {
    return neighbours(whole, &Shape::height, wanted, stride_.y);
  }

 private:
  /// The other side stays that of `whole`, which fits: no rule compares a width with a height.
  Neighbours neighbours(const Shape& whole, Side side, int wanted, std::int64_t stride) {
    if (fits_with(whole, side, wanted)) {
      return {wanted, wanted, wanted};
    }
    const std::int64_t multiple = wanted / stride * stride;
    return {wanted, first_fitting(whole, side, {wanted - 1, -1, multiple}),
            first_fitting(whole, side, {wanted + 1, 1, multiple + stride})};
  }

  /// Sides to try: from `first` on by `step`, then a multiple of the stride.
  struct Candidates {
    std::int64_t first;
    int step;
    std::int64_t multiple;
  };

  std::optional<int> first_fitting(const Shape& whole, Side side, const Candidates& candidates) {
    // Bounds the work for a hostile network; larger than the stride of any that was published.
    constexpr std::size_t kMostTries = 256;
    constexpr std::size_t kLeastTries = 8;
    constexpr std::size_t kMostReads = std::size_t{1} << 21;
    const std::size_t tries = std::clamp(kMostReads / (reads_ + 1), kLeastTries, kMostTries);
    std::int64_t at = candidates.first;
    for (std::size_t i = 0; i < tries; ++i, at += candidates.step) {
      if (fits_with(whole, side, at)) {
        return static_cast<int>(at);
      }
    }
    return fits_with(whole, side, candidates.multiple)
               ? std::optional{static_cast<int>(candidates.multiple)}
               : std::nullopt;
  }

  bool fits_with(Shape whole, Side side, std::int64_t value) {
    if (!is_side(value)) {
      return false;
    }
    whole.*side = static_cast<int>(value);
    return fits(whole);
  }

  std::span<const Operation> operations_;
  LargestStride stride_;
  std::vector<std::vector<int>> inputs_;
  std::size_t reads_ = 0;
  std::vector<Shape> outputs_;
  std::vector<Shape> shapes_read_;
};

}  // namespace

std::vector<Shape> nearest_fitting_inputs(std::span<const Operation> operations,
                                          const Shape& input) {
  Search search{operations};
  if (search.fits(input)) {
    return {input};
  }
  const auto whole = search.whole_near(input);
  if (!whole) {
    return {};
  }
  const Neighbours widths = search.widths(*whole, input.width);
  const Neighbours heights = search.heights(*whole, input.height);
  std::vector<Shape> found;  // of both sides: smaller, larger, and the nearest
  for (const auto& [width, height] :
       {std::pair{widths.below, heights.below}, std::pair{widths.above, heights.above},
        std::pair{widths.nearest(), heights.nearest()}}) {
    const Shape near{input.channels, height.value_or(0), width.value_or(0)};
    const bool is_new = std::find(found.begin(), found.end(), near) == found.end();
    if (width && height && is_new && search.fits(near)) {
      found.push_back(near);
    }
  }
  const auto distance = [&](const Shape& shape) {
    return std::abs(shape.width - input.width) + std::abs(shape.height - input.height);
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const Shape& a, const Shape& b) { return distance(a) < distance(b); });
  return found;
}

}  // namespace yolofleet::graph
