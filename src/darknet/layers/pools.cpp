#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {

namespace limits = graph::limits;

graph::Operation convert_maxpool(OptionReader& reader) {
  graph::MaxPool op;
  const int stride = reader.integer("stride", 1, {1, limits::kMaxStride});
  op.stride_x = reader.integer("stride_x", stride, {1, limits::kMaxStride});
  op.stride_y = reader.integer("stride_y", stride, {1, limits::kMaxStride});
  op.size = reader.integer("size", stride, {1, limits::kMaxKernel});
  // With more, a window would see nothing but padding.
  op.padding = reader.integer("padding", op.size - 1, {0, 2 * (op.size - 1)});
  op.blur = reader.blur();
  return op;
}

graph::Operation convert_avgpool(OptionReader& /*no options*/) {
  return graph::AvgPool{};
}

}  // namespace yolofleet::darknet
