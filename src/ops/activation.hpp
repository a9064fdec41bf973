#pragma once

#include "graph/operations.hpp"

namespace yolofleet::ops {

/// One value through an activation, in float. The formulas are Darknet's (src/activations.h,
/// src/activations.c and, for swish and mish, src/activation_kernels.cu):
///
///   linear    x
///   logistic  1 / (1 + e^-x)
///   loggy     2 / (1 + e^-x) - 1
///   relu      x if x > 0, else 0
///   relu6     min(max(x, 0), 6)
///   elu       x if x >= 0, else e^x - 1
///   selu      1.0507 x if x >= 0, else 1.0507 * 1.6732 (e^x - 1)
///   gelu      0.5 x (1 + tanh(0.797885 x + 0.035677 x^3))
///   relie     x if x > 0, else 0.01 x
///   ramp      1.1 x if x > 0, else 0.1 x
///   leaky     x if x > 0, else 0.1 x
///   tanh      2 / (1 + e^-2x) - 1
///   plse      0.125 x + 0.5 within -4 to 4; beyond it 0.01 (x + 4) and 0.01 (x - 4) + 1
///   stair     floor(x / 2), plus x - floor(x) where floor(x) is odd
///   hardtan   min(max(x, -1), 1)
///   lhtan     x within 0 to 1; beyond it 0.001 x and 0.001 (x - 1) + 1
///   swish     x / (1 + e^-x)
///   mish      x tanh(ln(1 + e^x)), the logarithm taken as x over 20 and as e^x under -20
///   hard_mish x if x > 0, x^2 / 2 + x if x > -2, else 0
///
/// Darknet's CPU code forgets relu6, and swish in some layers, and gives 0 there; here they follow
/// the formula everywhere, as Darknet's GPU code does.
float activate(graph::Activation activation, float x) noexcept;

}  // namespace yolofleet::ops
