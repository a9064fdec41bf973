#include "graph/fold_batch_normalization.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

namespace yolofleet::graph {
namespace {

Network network_of(Convolution convolution) {
  Layer layer;
  layer.operation = std::move(convolution);
  layer.line = 40;
  return {"n", {1, 1, 1}, false, {std::move(layer)}};
}

const ConvolutionWeights& weights_of(const Network& network) {
  return std::get<Convolution>(network.layers()[0].operation).weights;
}

Convolution normalized() {
  Convolution op;
  op.filters = 2;
  op.batch_normalize = true;
  op.weights.kernel = {1.0F, -2.0F, 3.0F, 0.5F};
  op.weights.bias = {0.25F, -1.0F};
  op.weights.scale = {2.0F, 0.5F};
  op.weights.mean = {3.0F, -4.0F};
  op.weights.variance = {4.0F, 0.0F};
  return op;
}

TEST(FoldBatchNormalization, IsWhatDarknetComputesInTwoSteps) {
  const Convolution before = normalized();
  Network network = network_of(before);
  ASSERT_TRUE(fold_batch_normalization(network));
  const ConvolutionWeights& after = weights_of(network);
  for (std::size_t filter = 0; filter < 2; ++filter) {
    const auto in_double = [&](const std::vector<float>& values) {
      return static_cast<double>(values[filter]);
    };
    const double deviation = std::sqrt(in_double(before.weights.variance) + 1e-5);
    for (const double input : {-1.0, 0.0, 2.5}) {
      const auto at = [&](const ConvolutionWeights& weights, std::size_t i) {
        return static_cast<double>(weights.kernel[filter * 2 + i]);
      };
      const double sum = at(before.weights, 0) * input + at(before.weights, 1);
      const double expected =
          in_double(before.weights.scale) * (sum - in_double(before.weights.mean)) / deviation +
          in_double(before.weights.bias);
      const double folded = at(after, 0) * input + at(after, 1) + in_double(after.bias);
      EXPECT_NEAR(folded, expected, 1e-6 * std::abs(expected) + 1e-4);
    }
  }
}

TEST(FoldBatchNormalization, HasItsEpsilonInsideTheRoot) {
  Network network = network_of(normalized());
  ASSERT_TRUE(fold_batch_normalization(network));
  // Variance 0: 0.5 / sqrt(1e-5) = 158.11388.
  EXPECT_FLOAT_EQ(weights_of(network).kernel[2], 3.0F * 158.11388F);
  EXPECT_FLOAT_EQ(weights_of(network).bias[1], -1.0F + 4.0F * 158.11388F);
}

TEST(FoldBatchNormalization, FreesWhatItUsedAndKeepsTheMark) {
  Network network = network_of(normalized());
  ASSERT_TRUE(fold_batch_normalization(network));
  EXPECT_EQ(weights_of(network).scale.capacity(), 0U);
  EXPECT_EQ(weights_of(network).mean.capacity(), 0U);
  EXPECT_EQ(weights_of(network).variance.capacity(), 0U);
  EXPECT_TRUE(std::get<Convolution>(network.layers()[0].operation).batch_normalize);
}

TEST(FoldBatchNormalization, TwiceIsOnce) {
  Network network = network_of(normalized());
  ASSERT_TRUE(fold_batch_normalization(network));
  const std::vector<float> once = weights_of(network).kernel;
  ASSERT_TRUE(fold_batch_normalization(network));
  EXPECT_EQ(weights_of(network).kernel, once);
}

TEST(FoldBatchNormalization, LeavesOtherLayersAlone) {
  Convolution plain;
  plain.weights.kernel = {2.0F};
  plain.weights.bias = {3.0F};
  Network network = network_of(plain);
  ASSERT_TRUE(fold_batch_normalization(network));
  EXPECT_EQ(weights_of(network).kernel, (std::vector{2.0F}));
  EXPECT_EQ(weights_of(network).bias, (std::vector{3.0F}));
}

TEST(FoldBatchNormalization, RefusesWhatLeavesFloat) {
  Convolution op = normalized();
  op.weights.scale[1] = std::numeric_limits<float>::max();
  Network network = network_of(op);
  const auto folded = fold_batch_normalization(network);
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(folded.error().message,
            "layer 0 ([convolutional] of line 40): filter 1 is beyond the range of float once its "
            "batch normalisation is folded in");
}

}  // namespace
}  // namespace yolofleet::graph
