#include "graph/activation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string_view>

namespace yolofleet::graph {
namespace {

struct Case {
  Activation activation;
  float x;
  double expected;
};

// Worked out by hand (or, where an exponential is in it, with a calculator) from the formulas.
const Case kCases[] = {
    {Activation::kLinear, -3.5F, -3.5},
    {Activation::kLogistic, 0.0F, 0.5},
    {Activation::kLogistic, 2.0F, 0.8807970780},
    {Activation::kLoggy, 2.0F, 0.7615941560},
    {Activation::kLoggy, -2.0F, -0.7615941560},
    {Activation::kRelu, 1.5F, 1.5},
    {Activation::kRelu, -1.5F, 0.0},
    {Activation::kRelu6, 7.0F, 6.0},
    {Activation::kRelu6, 5.0F, 5.0},
    {Activation::kRelu6, -1.0F, 0.0},
    {Activation::kElu, 2.0F, 2.0},
    {Activation::kElu, -1.0F, -0.6321205588},
    {Activation::kSelu, 2.0F, 2.1014},
    {Activation::kSelu, -1.0F, -1.1112876935},
    {Activation::kGelu, 1.0F, 0.8411920},
    {Activation::kGelu, -1.0F, -0.1588080},
    {Activation::kRelie, 4.0F, 4.0},
    {Activation::kRelie, -4.0F, -0.04},
    {Activation::kRamp, 2.0F, 2.2},
    {Activation::kRamp, -2.0F, -0.2},
    {Activation::kLeaky, 3.0F, 3.0},
    {Activation::kLeaky, -3.0F, -0.3},
    {Activation::kTanh, 1.0F, 0.7615941560},
    {Activation::kPlse, 0.0F, 0.5},
    {Activation::kPlse, 4.0F, 1.0},
    {Activation::kPlse, 14.0F, 1.1},
    {Activation::kPlse, -14.0F, -0.1},
    {Activation::kStair, 2.25F, 1.0},
    {Activation::kStair, 3.25F, 1.25},
    {Activation::kStair, -0.5F, -0.5},
    {Activation::kStair, -1.5F, -1.0},
    {Activation::kHardtan, 2.0F, 1.0},
    {Activation::kHardtan, -2.0F, -1.0},
    {Activation::kHardtan, 0.25F, 0.25},
    {Activation::kLhtan, 0.5F, 0.5},
    {Activation::kLhtan, 11.0F, 1.01},
    {Activation::kLhtan, -10.0F, -0.01},
    {Activation::kSwish, 2.0F, 1.7615941560},
    {Activation::kSwish, -2.0F, -0.2384058440},
    {Activation::kMish, 0.0F, 0.0},
    {Activation::kMish, 1.0F, 0.8650983883},
    {Activation::kMish, -1.0F, -0.3034014613},
    {Activation::kMish, 30.0F, 30.0},
    {Activation::kMish, -30.0F, -2.8072868907e-12},
    {Activation::kHardMish, 1.5F, 1.5},
    {Activation::kHardMish, -1.0F, -0.5},
    {Activation::kHardMish, -2.0F, 0.0},
    {Activation::kHardMish, -5.0F, 0.0},
};

TEST(Activation, NamesAreUniqueAndReadBack) {
  std::set<std::string_view> names;
  for (const ActivationEntry& entry : kActivations) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(activation_from(entry.name), entry.activation) << entry.name;
    EXPECT_EQ(to_string(entry.activation), entry.name);
  }
}

TEST(Activation, HasDarknetsNames) {
  EXPECT_EQ(activation_from("hard_mish"), Activation::kHardMish);
  EXPECT_EQ(activation_from("leaky"), Activation::kLeaky);
  EXPECT_EQ(to_string(Activation::kRelu6), "relu6");
}

TEST(Activation, RevleakyIsLeakyAtInference) {
  EXPECT_EQ(activation_from("revleaky"), Activation::kLeaky);
  EXPECT_EQ(to_string(Activation::kLeaky), "leaky");
}

TEST(Activation, AnotherNameIsNone) {
  EXPECT_EQ(activation_from("Leaky"), std::nullopt);
  EXPECT_EQ(activation_from(""), std::nullopt);
  EXPECT_EQ(activation_from("normalize_channels"), std::nullopt);
}

TEST(Activation, FollowsItsFormula) {
  for (const Case& the : kCases) {
    const double tolerance = 2e-6 * std::max(std::abs(the.expected), 1e-11);
    EXPECT_NEAR(double{activate(the.activation, the.x)}, the.expected, tolerance)
        << to_string(the.activation) << "(" << the.x << ")";
  }
}

TEST(Activation, NoneLosesNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Activation activation :
       {Activation::kLinear, Activation::kLogistic, Activation::kLeaky, Activation::kMish,
        Activation::kSwish, Activation::kTanh}) {
    EXPECT_TRUE(std::isnan(activate(activation, nan))) << to_string(activation);
  }
}

TEST(Activation, LogisticEndsAtZeroAndOne) {
  EXPECT_EQ(activate(Activation::kLogistic, 200.0F), 1.0F);
  EXPECT_EQ(activate(Activation::kLogistic, -200.0F), 0.0F);
}

}  // namespace
}  // namespace yolofleet::graph
