#include "backend/tensorrt/network/activations.hpp"

#include "backend/tensorrt/plugins/mish_plugin.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using graph::Activation;
using nvinfer1::ActivationType;
using Tensor = LayerAdder::Tensor;

Tensor mish(LayerAdder& layers, Tensor x, MishKind kind) {
  if (kind == MishKind::kPlugin) {
    MishPlugin plugin;
    return LayerAdder::output_of(add_plugin(layers.network(), &x, 1, plugin));
  }
  const Tensor softplus = layers.activation(ActivationType::kSOFTPLUS, x, 1.0F, 1.0F);
  return layers.product(x, layers.activation(ActivationType::kTANH, softplus));
}

Tensor loggy(LayerAdder& layers, Tensor x) {
  return layers.sum(layers.product(layers.activation(ActivationType::kSIGMOID, x), 2.0F), -1.0F);
}

/// x / 2 (1 + tanh(0.797885 x + 0.035677 x^3)).
Tensor gelu(LayerAdder& layers, Tensor x) {
  const Tensor square = layers.product(x, x);
  const Tensor slope = layers.sum(layers.product(square, 0.035677F), 0.797885F);
  const Tensor tanh = layers.activation(ActivationType::kTANH, layers.product(x, slope));
  return layers.product(layers.product(x, 0.5F), layers.sum(tanh, 1.0F));
}

/// The middle piece clamped to [0, 1], plus a slope of 0.01 outside [-4, 4].
Tensor plse(LayerAdder& layers, Tensor x) {
  const Tensor beyond = layers.difference(x, layers.clamped(x, -4.0F, 4.0F));
  const Tensor middle = layers.sum(layers.product(x, 0.125F), 0.5F);
  return layers.sum(layers.clamped(middle, 0.0F, 1.0F), layers.product(beyond, 0.01F));
}

Tensor lhtan(LayerAdder& layers, Tensor x) {
  const Tensor middle = layers.clamped(x, 0.0F, 1.0F);
  return layers.sum(middle, layers.product(layers.difference(x, middle), 0.001F));
}

/// floor(x) - 2 floor(x / 2) is 1 where floor(x) is odd, else 0.
Tensor stair(LayerAdder& layers, Tensor x) {
  const Tensor whole = layers.floor(x);
  const Tensor half = layers.floor(layers.product(x, 0.5F));
  const Tensor odd = layers.difference(whole, layers.product(half, 2.0F));
  return layers.sum(half, layers.product(odd, layers.difference(x, whole)));
}

/// c (c / 2 + 1) is the curve for c from -2 to 0, and 0 at both ends.
Tensor hard_mish(LayerAdder& layers, Tensor x) {
  const Tensor curve = layers.clamped(x, -2.0F, 0.0F);
  const Tensor bent = layers.product(curve, layers.sum(layers.product(curve, 0.5F), 1.0F));
  return layers.sum(layers.activation(ActivationType::kRELU, x), bent);
}

}  // namespace

Tensor activated(Activation activation, LayerAdder& layers, Tensor x, MishKind kind) {
  switch (activation) {
    case Activation::kLinear:
      return x;
    case Activation::kLogistic:
      return layers.activation(ActivationType::kSIGMOID, x);
    case Activation::kLoggy:
      return loggy(layers, x);
    case Activation::kRelu:
      return layers.activation(ActivationType::kRELU, x);
    case Activation::kRelu6:
      return layers.clamped(x, 0.0F, 6.0F);
    case Activation::kElu:
      return layers.activation(ActivationType::kELU, x, 1.0F);
    case Activation::kSelu:
      return layers.activation(ActivationType::kSELU, x, 1.6732F, 1.0507F);
    case Activation::kGelu:
      return gelu(layers, x);
    case Activation::kRelie:
      return layers.activation(ActivationType::kLEAKY_RELU, x, 0.01F);
    case Activation::kRamp:
      return layers.sum(layers.activation(ActivationType::kRELU, x), layers.product(x, 0.1F));
    case Activation::kLeaky:
      return layers.activation(ActivationType::kLEAKY_RELU, x, 0.1F);
    case Activation::kTanh:
      return layers.activation(ActivationType::kTANH, x);
    case Activation::kPlse:
      return plse(layers, x);
    case Activation::kStair:
      return stair(layers, x);
    case Activation::kHardtan:
      return layers.clamped(x, -1.0F, 1.0F);
    case Activation::kLhtan:
      return lhtan(layers, x);
    case Activation::kSwish:
      return layers.product(x, layers.activation(ActivationType::kSIGMOID, x));
    case Activation::kMish:
      return mish(layers, x, kind);
    case Activation::kHardMish:
      return hard_mish(layers, x);
  }
  return x;
}

}  // namespace yolofleet::backend::tensorrt
