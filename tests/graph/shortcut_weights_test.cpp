#include "graph/shortcut_weights.hpp"

#include <gtest/gtest.h>

namespace yolofleet::graph {
namespace {

Shortcut shortcut(WeightsNormalization normalization, std::vector<float> weights) {
  Shortcut op;
  op.from = {0};
  op.weights_type = ShortcutWeights::kPerFeature;
  op.normalization = normalization;
  op.weights = std::move(weights);
  return op;
}

TEST(ShortcutWeights, WithoutAnyThereAreNone) {
  EXPECT_TRUE(normalized_weights(Shortcut{}).empty());
}

TEST(ShortcutWeights, ReluDividesByThePositiveSum) {
  const auto weights = normalized_weights(shortcut(WeightsNormalization::kRelu, {3.0F, -1.0F}));
  EXPECT_FLOAT_EQ(weights[0], 3.0F / 3.0001F);
  EXPECT_FLOAT_EQ(weights[1], 0.0F);
}

TEST(ShortcutWeights, SoftmaxIsTakenOverTheInputs) {
  const auto weights =
      normalized_weights(shortcut(WeightsNormalization::kSoftmax, {1.0F, 2.0F, 5.0F, 2.0F}));
  // Two channels: 1 and 5, 2 and 2.
  EXPECT_NEAR(weights[0], 0.01798F, 1e-4F);
  EXPECT_NEAR(weights[2], 0.98192F, 1e-4F);
  EXPECT_FLOAT_EQ(weights[1], 1.0F / 2.0001F);
  EXPECT_FLOAT_EQ(weights[3], 1.0F / 2.0001F);
}

}  // namespace
}  // namespace yolofleet::graph
