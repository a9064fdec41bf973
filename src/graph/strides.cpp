#include "graph/strides.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "graph/shapes.hpp"

namespace yolofleet::graph {
namespace {

/// Beyond any input size; strides stop growing here, so that no product overflows.
constexpr std::int64_t kCeiling = std::int64_t{1} << 24;

/// A stride in lowest terms (upsampling divides); 0 / 1 where there is none.
struct Ratio {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;

  Ratio times(std::int64_t up, std::int64_t down) const {
    const std::int64_t n = numerator * up;
    const std::int64_t d = denominator * down;
    const std::int64_t common = std::gcd(n, d);
    return {std::min(n / common, kCeiling), std::min(d / common, kCeiling)};
  }
  bool operator<(const Ratio& other) const {
    return numerator * other.denominator < other.numerator * denominator;
  }
};

struct Stride {
  Ratio x;
  Ratio y;
};

/// The stride of an operation's output from that of what it reads.
struct Next {
  Stride in;

  template <typename Op>
  Stride operator()(const Op& /*keeps the size*/) const {
    return in;
  }
  Stride operator()(const Convolution& op) const {
    return {in.x.times(op.stride_x, 1), in.y.times(op.stride_y, 1)};
  }
  Stride operator()(const MaxPool& op) const {
    return {in.x.times(op.stride_x, 1), in.y.times(op.stride_y, 1)};
  }
  Stride operator()(const Reorg& op) const {
    return {in.x.times(op.stride, 1), in.y.times(op.stride, 1)};
  }
  Stride operator()(const Upsample& op) const {
    return {in.x.times(1, op.stride), in.y.times(1, op.stride)};
  }
  Stride operator()(const AvgPool&) const { return {{0, 1}, {0, 1}}; }
};

/// The layer whose size an operation's output has, before its own stride.
int sized_by(const Operation& operation, int index) {
  const std::vector<int> inputs = inputs_of(operation, index);
  return std::holds_alternative<ScaleChannels>(operation) ? inputs.back() : inputs.front();
}

}  // namespace

LargestStride largest_stride(std::span<const Operation> operations) {
  std::vector<Stride> strides;
  strides.reserve(operations.size());
  Stride largest;
  for (const Operation& operation : operations) {
    const int from = sized_by(operation, static_cast<int>(strides.size()));
    const Stride in = from < 0 ? Stride{} : strides[static_cast<std::size_t>(from)];
    strides.push_back(std::visit(Next{in}, operation));
    largest.x = std::max(largest.x, strides.back().x);
    largest.y = std::max(largest.y, strides.back().y);
  }
  return {largest.x.numerator, largest.y.numerator};
}

}  // namespace yolofleet::graph
