#include "darknet/layers/layers.hpp"

namespace yolofleet::darknet {
namespace {

/// Darknet has no formula for these behind a product: it gives 0.
graph::Activation activation_of_product(OptionReader& reader) {
  using graph::Activation;
  return reader.activation(Activation::kLinear,
                           {Activation::kSwish, Activation::kMish, Activation::kHardMish});
}

}  // namespace

graph::Operation convert_scale_channels(OptionReader& reader) {
  graph::ScaleChannels op;
  op.from = reader.earlier_layer("from");
  op.scale_wh = reader.flag("scale_wh");
  op.activation = activation_of_product(reader);
  return op;
}

graph::Operation convert_sam(OptionReader& reader) {
  graph::Sam op;
  op.from = reader.earlier_layer("from");
  op.activation = activation_of_product(reader);
  return op;
}

graph::Operation convert_dropout(OptionReader& /*nothing at inference*/) {
  return graph::Dropout{};
}

}  // namespace yolofleet::darknet
