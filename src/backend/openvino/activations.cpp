#include "backend/openvino/activations.hpp"

#include <memory>
#include <openvino/op/ops.hpp>

namespace yolofleet::backend::openvino {
namespace {

using graph::Activation;

Tensor sum(const Tensor& a, const Tensor& b) {
  return std::make_shared<ov::op::v1::Add>(a, b);
}

Tensor difference(const Tensor& a, const Tensor& b) {
  return std::make_shared<ov::op::v1::Subtract>(a, b);
}

Tensor product(const Tensor& a, const Tensor& b) {
  return std::make_shared<ov::op::v1::Multiply>(a, b);
}

Tensor clamped(const Tensor& x, double least, double most) {
  return std::make_shared<ov::op::v0::Clamp>(x, least, most);
}

Tensor relu(const Tensor& x) {
  return std::make_shared<ov::op::v0::Relu>(x);
}

/// x where it is positive, else slope * x.
Tensor leaky(const Tensor& x, float slope) {
  const auto slopes = ov::op::v0::Constant::create(ov::element::f32, {1}, {slope});
  return std::make_shared<ov::op::v0::PRelu>(x, slopes);
}

Tensor loggy(const Tensor& x) {
  const Tensor logistic = std::make_shared<ov::op::v0::Sigmoid>(x);
  return difference(product(logistic, scalar(2.0F)), scalar(1.0F));
}

Tensor selu(const Tensor& x) {
  return std::make_shared<ov::op::v0::Selu>(x, scalar(1.6732F), scalar(1.0507F));
}

Tensor gelu(const Tensor& x) {
  return std::make_shared<ov::op::v7::Gelu>(x, ov::op::GeluApproximationMode::TANH);
}

/// The middle piece clamped to [0, 1], plus a slope of 0.01 outside [-4, 4].
Tensor plse(const Tensor& x) {
  const Tensor beyond = difference(x, clamped(x, -4.0, 4.0));
  const Tensor middle = sum(product(x, scalar(0.125F)), scalar(0.5F));
  return sum(clamped(middle, 0.0, 1.0), product(beyond, scalar(0.01F)));
}

Tensor lhtan(const Tensor& x) {
  const Tensor middle = clamped(x, 0.0, 1.0);
  return sum(middle, product(difference(x, middle), scalar(0.001F)));
}

/// floor(x) - 2 floor(x / 2) is 1 where floor(x) is odd, else 0.
Tensor stair(const Tensor& x) {
  const Tensor whole = std::make_shared<ov::op::v0::Floor>(x);
  const Tensor half = std::make_shared<ov::op::v0::Floor>(product(x, scalar(0.5F)));
  const Tensor odd = difference(whole, product(half, scalar(2.0F)));
  return sum(half, product(odd, difference(x, whole)));
}

/// c (c / 2 + 1) is the curve for c from -2 to 0, and 0 at both ends.
Tensor hard_mish(const Tensor& x) {
  const Tensor curve = clamped(x, -2.0, 0.0);
  return sum(relu(x), product(curve, sum(product(curve, scalar(0.5F)), scalar(1.0F))));
}

}  // namespace

Tensor activated(Activation activation, const Tensor& input) {
  switch (activation) {
    case Activation::kLinear:
      return input;
    case Activation::kLogistic:
      return std::make_shared<ov::op::v0::Sigmoid>(input);
    case Activation::kLoggy:
      return loggy(input);
    case Activation::kRelu:
      return relu(input);
    case Activation::kRelu6:
      return clamped(input, 0.0, 6.0);
    case Activation::kElu:
      return std::make_shared<ov::op::v0::Elu>(input, 1.0);
    case Activation::kSelu:
      return selu(input);
    case Activation::kGelu:
      return gelu(input);
    case Activation::kRelie:
      return leaky(input, 0.01F);
    case Activation::kRamp:
      return sum(relu(input), product(input, scalar(0.1F)));
    case Activation::kLeaky:
      return leaky(input, 0.1F);
    case Activation::kTanh:
      return std::make_shared<ov::op::v0::Tanh>(input);
    case Activation::kPlse:
      return plse(input);
    case Activation::kStair:
      return stair(input);
    case Activation::kHardtan:
      return clamped(input, -1.0, 1.0);
    case Activation::kLhtan:
      return lhtan(input);
    case Activation::kSwish:
      return std::make_shared<ov::op::v4::Swish>(input);
    case Activation::kMish:
      return std::make_shared<ov::op::v4::Mish>(input);
    case Activation::kHardMish:
      return hard_mish(input);
  }
  return input;
}

}  // namespace yolofleet::backend::openvino
