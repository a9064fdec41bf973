#include <algorithm>
#include <cmath>

#include "ops/activation.hpp"

namespace yolofleet::ops {
namespace {

float sigmoid(float x) noexcept {
  return 1.0F / (1.0F + std::exp(-x));
}

float gelu(float x) noexcept {
  return 0.5F * x * (1.0F + std::tanh(0.797885F * x + 0.035677F * x * x * x));
}

float plse(float x) noexcept {
  if (x < -4.0F) {
    return 0.01F * (x + 4.0F);
  }
  return x > 4.0F ? 0.01F * (x - 4.0F) + 1.0F : 0.125F * x + 0.5F;
}

float stair(float x) noexcept {
  const float whole = std::floor(x);
  const float half = std::floor(x / 2.0F);
  const bool odd = whole != 2.0F * half;
  return odd ? (x - whole) + half : half;
}

float lhtan(float x) noexcept {
  if (x < 0.0F) {
    return 0.001F * x;
  }
  return x > 1.0F ? 0.001F * (x - 1.0F) + 1.0F : x;
}

float mish(float x) noexcept {
  constexpr float kThreshold = 20.0F;
  float softplus = x;
  if (x < -kThreshold) {
    softplus = std::exp(x);
  } else if (x <= kThreshold) {
    softplus = std::log1p(std::exp(x));
  }
  return x * std::tanh(softplus);
}

float hard_mish(float x) noexcept {
  if (x > 0.0F) {
    return x;
  }
  return x > -2.0F ? x * x / 2.0F + x : 0.0F;
}

}  // namespace

float activate(graph::Activation activation, float x) noexcept {
  using graph::Activation;
  switch (activation) {
    case Activation::kLinear:
      return x;
    case Activation::kLogistic:
      return sigmoid(x);
    case Activation::kLoggy:
      return 2.0F * sigmoid(x) - 1.0F;
    case Activation::kRelu:
      return x > 0.0F ? x : 0.0F;
    case Activation::kRelu6:
      return std::min(std::max(x, 0.0F), 6.0F);
    case Activation::kElu:
      return x >= 0.0F ? x : std::expm1(x);
    case Activation::kSelu:
      return 1.0507F * (x >= 0.0F ? x : 1.6732F * std::expm1(x));
    case Activation::kGelu:
      return gelu(x);
    case Activation::kRelie:
      return x > 0.0F ? x : 0.01F * x;
    case Activation::kRamp:
      return (x > 0.0F ? x : 0.0F) + 0.1F * x;
    case Activation::kLeaky:
      return x > 0.0F ? x : 0.1F * x;
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kPlse:
      return plse(x);
    case Activation::kStair:
      return stair(x);
    case Activation::kHardtan:
      return std::min(std::max(x, -1.0F), 1.0F);
    case Activation::kLhtan:
      return lhtan(x);
    case Activation::kSwish:
      return x * sigmoid(x);
    case Activation::kMish:
      return mish(x);
    case Activation::kHardMish:
      return hard_mish(x);
  }
  return x;
}

}  // namespace yolofleet::ops
