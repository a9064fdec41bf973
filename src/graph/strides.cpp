#include "graph/strides.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "graph/shapes.hpp"

namespace yolofleet::graph {
namespace {

/// Larger than any input size; strides stop growing here, so that no product overflows.
constexpr std::int64_t kCeiling = std::int64_t{1} << 24;

StridePair stride_of_output(const Operation& operation, const StridePair& in) {
  return std::visit(
      [&in](const auto& op) {
        if constexpr (requires { stride_after(op, in); }) {
          return stride_after(op, in);
        } else {
          return in;
        }
      },
      operation);
}

/// The layer that gives an operation's output its size, before the operation's own stride.
int sized_by_layer(const Operation& operation, int index) {
  return std::visit(
      [&](const auto& op) {
        if constexpr (requires { sized_by(op); }) {
          return sized_by(op);
        } else {
          return inputs_of(operation, index).front();
        }
      },
      operation);
}

}  // namespace

Ratio Ratio::times(std::int64_t up, std::int64_t down) const {
  const std::int64_t n = numerator * up;
  const std::int64_t d = denominator * down;
  const std::int64_t common = std::gcd(n, d);
  return {std::min(n / common, kCeiling), std::min(d / common, kCeiling)};
}

LargestStride largest_stride(std::span<const Operation> operations) {
  std::vector<StridePair> strides;
  strides.reserve(operations.size());
  StridePair largest;
  for (const Operation& operation : operations) {
    const int from = sized_by_layer(operation, static_cast<int>(strides.size()));
    const StridePair in = from < 0 ? StridePair{} : strides[static_cast<std::size_t>(from)];
    strides.push_back(stride_of_output(operation, in));
    largest.x = std::max(largest.x, strides.back().x);
    largest.y = std::max(largest.y, strides.back().y);
  }
  return {largest.x.numerator, largest.y.numerator};
}

}  // namespace yolofleet::graph
