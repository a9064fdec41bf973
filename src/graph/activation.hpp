#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>

/// The activations: each has its enumerator, its name in a cfg and its formula here and nowhere
/// else. A back end adds the operations that compute it there.
namespace yolofleet::graph {

/// Elementwise functions. The order is part of the engine cache's keys: add new ones at the end.
enum class Activation {
  kLinear,
  kLogistic,
  kLoggy,
  kRelu,
  kRelu6,
  kElu,
  kSelu,
  kGelu,
  kRelie,
  kRamp,
  kLeaky,
  kTanh,
  kPlse,
  kStair,
  kHardtan,
  kLhtan,
  kSwish,
  kMish,
  kHardMish,
};

/// The formulas are Darknet's: src/activations.h, src/activations.c and, for swish and mish,
/// src/activation_kernels.cu. Darknet's CPU code forgets relu6, and swish in some layers, and
/// gives 0 there; these follow the formula everywhere, as Darknet's GPU code does.
namespace formulas {

inline float linear(float x) noexcept {
  return x;
}

inline float logistic(float x) noexcept {
  return 1.0F / (1.0F + std::exp(-x));
}

inline float loggy(float x) noexcept {
  return 2.0F * logistic(x) - 1.0F;
}

inline float relu(float x) noexcept {
  return x > 0.0F ? x : 0.0F;
}

inline float relu6(float x) noexcept {
  return std::min(std::max(x, 0.0F), 6.0F);
}

inline float elu(float x) noexcept {
  return x >= 0.0F ? x : std::expm1(x);
}

inline float selu(float x) noexcept {
  return 1.0507F * (x >= 0.0F ? x : 1.6732F * std::expm1(x));
}

inline float gelu(float x) noexcept {
  return 0.5F * x * (1.0F + std::tanh(0.797885F * x + 0.035677F * x * x * x));
}

inline float relie(float x) noexcept {
  return x > 0.0F ? x : 0.01F * x;
}

inline float ramp(float x) noexcept {
  return (x > 0.0F ? x : 0.0F) + 0.1F * x;
}

inline float leaky(float x) noexcept {
  return x > 0.0F ? x : 0.1F * x;
}

inline float tanh(float x) noexcept {
  return std::tanh(x);
}

inline float plse(float x) noexcept {
  if (x < -4.0F) {
    return 0.01F * (x + 4.0F);
  }
  return x > 4.0F ? 0.01F * (x - 4.0F) + 1.0F : 0.125F * x + 0.5F;
}

/// floor(x / 2), plus x - floor(x) where floor(x) is odd.
inline float stair(float x) noexcept {
  const float whole = std::floor(x);
  const float half = std::floor(x / 2.0F);
  const bool odd = whole != 2.0F * half;
  return odd ? (x - whole) + half : half;
}

inline float hardtan(float x) noexcept {
  return std::min(std::max(x, -1.0F), 1.0F);
}

inline float lhtan(float x) noexcept {
  if (x < 0.0F) {
    return 0.001F * x;
  }
  return x > 1.0F ? 0.001F * (x - 1.0F) + 1.0F : x;
}

inline float swish(float x) noexcept {
  return x * logistic(x);
}

/// x tanh(ln(1 + e^x)); the logarithm is taken as x over 20 and as e^x under -20.
inline float mish(float x) noexcept {
  constexpr float kThreshold = 20.0F;
  float softplus = x;
  if (x < -kThreshold) {
    softplus = std::exp(x);
  } else if (x <= kThreshold) {
    softplus = std::log1p(std::exp(x));
  }
  return x * std::tanh(softplus);
}

inline float hard_mish(float x) noexcept {
  if (x > 0.0F) {
    return x;
  }
  return x > -2.0F ? x * x / 2.0F + x : 0.0F;
}

}  // namespace formulas

struct ActivationEntry {
  Activation activation;
  std::string_view name;  ///< in a cfg
  float (*formula)(float) noexcept;
};

/// One entry for each enumerator, in their order.
inline constexpr std::array kActivations{
    ActivationEntry{Activation::kLinear, "linear", formulas::linear},
    ActivationEntry{Activation::kLogistic, "logistic", formulas::logistic},
    ActivationEntry{Activation::kLoggy, "loggy", formulas::loggy},
    ActivationEntry{Activation::kRelu, "relu", formulas::relu},
    ActivationEntry{Activation::kRelu6, "relu6", formulas::relu6},
    ActivationEntry{Activation::kElu, "elu", formulas::elu},
    ActivationEntry{Activation::kSelu, "selu", formulas::selu},
    ActivationEntry{Activation::kGelu, "gelu", formulas::gelu},
    ActivationEntry{Activation::kRelie, "relie", formulas::relie},
    ActivationEntry{Activation::kRamp, "ramp", formulas::ramp},
    ActivationEntry{Activation::kLeaky, "leaky", formulas::leaky},
    ActivationEntry{Activation::kTanh, "tanh", formulas::tanh},
    ActivationEntry{Activation::kPlse, "plse", formulas::plse},
    ActivationEntry{Activation::kStair, "stair", formulas::stair},
    ActivationEntry{Activation::kHardtan, "hardtan", formulas::hardtan},
    ActivationEntry{Activation::kLhtan, "lhtan", formulas::lhtan},
    ActivationEntry{Activation::kSwish, "swish", formulas::swish},
    ActivationEntry{Activation::kMish, "mish", formulas::mish},
    ActivationEntry{Activation::kHardMish, "hard_mish", formulas::hard_mish},
};

/// Whether entry i of the table is that of enumerator i.
constexpr bool in_enumerators_order() noexcept {
  for (std::size_t i = 0; i < kActivations.size(); ++i) {
    if (kActivations[i].activation != static_cast<Activation>(i)) {
      return false;
    }
  }
  return true;
}
static_assert(in_enumerators_order());

/// The activation's name in a cfg: "leaky", "mish" ... Empty for a value that is no enumerator.
constexpr std::string_view to_string(Activation activation) noexcept {
  const auto index = static_cast<std::size_t>(activation);
  return index < kActivations.size() ? kActivations[index].name : std::string_view{};
}

/// The activation of a cfg's name; nothing for a name that is not supported. "revleaky" is leaky:
/// they differ in training only.
constexpr std::optional<Activation> activation_from(std::string_view name) noexcept {
  for (const ActivationEntry& entry : kActivations) {
    if (entry.name == name) {
      return entry.activation;
    }
  }
  return name == "revleaky" ? std::optional{Activation::kLeaky} : std::nullopt;
}

/// The activation of one value, in float. This is the plain version that the back ends are tested
/// against.
inline float activate(Activation activation, float x) noexcept {
  return kActivations[static_cast<std::size_t>(activation)].formula(x);
}

}  // namespace yolofleet::graph
