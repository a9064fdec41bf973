#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {

graph::Operation convert_route(OptionReader& reader) {
  graph::Route op;
  op.layers = reader.earlier_layers("layers");
  op.groups = reader.integer("groups", 1, {1, graph::limits::kMaxChannels});
  op.group_id = reader.integer("group_id", 0, {0, op.groups - 1});
  return op;
}

}  // namespace yolofleet::darknet
