#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

int read_stride(OptionReader& reader) {
  return reader.integer("stride", 1, {1, graph::limits::kMaxStride});
}

}  // namespace

graph::Operation convert_reorg(OptionReader& reader) {
  return graph::Reorg{read_stride(reader), true};
}

graph::Operation convert_reorg3d(OptionReader& reader) {
  return graph::Reorg{read_stride(reader), false};
}

}  // namespace yolofleet::darknet
