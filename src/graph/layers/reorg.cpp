#include "graph/operations.hpp"

#include <fmt/format.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"
#include "graph/strides.hpp"

namespace yolofleet::graph {

std::string_view section_of(const Reorg& op) {
  return op.old ? "reorg" : "reorg3d";
}

Result<LayerFacts> infer_facts(const Reorg& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  if (in.height % op.stride != 0 || in.width % op.stride != 0) {
    return base::fail(ErrorCode::kMismatch, "stride={} doesn't divide its input of {} x {}",
                      op.stride, in.width, in.height);
  }
  const std::int64_t area = std::int64_t{op.stride} * op.stride;
  if (op.old && in.channels % area != 0) {  // Darknet reads beyond the layer's memory
    return base::fail(ErrorCode::kMismatch, "stride={} needs a multiple of {} channels, not {}",
                      op.stride, area, in.channels);
  }
  return facts_within_limits({in.channels * area, in.height / op.stride, in.width / op.stride}, 0,
                             0);
}

std::string notes_of(const Reorg& op) {
  return fmt::format("/{}", op.stride);
}

StridePair stride_after(const Reorg& op, StridePair in) {
  return {in.x.times(op.stride, 1), in.y.times(op.stride, 1)};
}

void hash_fields(Hasher& hasher, const Reorg& op) {
  const auto& [stride, old] = op;
  hasher.put(stride, old);
}

}  // namespace yolofleet::graph
