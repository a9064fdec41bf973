#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {

graph::Operation convert_upsample(OptionReader& reader) {
  constexpr float kMostScale = 1e6F;
  graph::Upsample op;
  // Darknet's negative strides (sums over blocks) aren't supported.
  op.stride = reader.integer("stride", 2, {1, graph::limits::kMaxStride});
  op.scale = reader.number("scale", 1.0F, {-kMostScale, kMostScale});
  return op;
}

}  // namespace yolofleet::darknet
