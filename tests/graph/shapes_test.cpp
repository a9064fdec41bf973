#include "graph/shapes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "graph/limits.hpp"

namespace yolofleet::graph {
namespace {

std::string error_of(const Operation& operation, const std::vector<Shape>& inputs) {
  const auto facts = infer(operation, inputs);
  return facts ? "" : std::string{to_string(facts.error().code)} + ": " + facts.error().message;
}

LayerFacts facts_of(const Operation& operation, const std::vector<Shape>& inputs) {
  return infer(operation, inputs).value();
}

Convolution convolution(int filters, int size, int stride, int padding) {
  Convolution op;
  op.filters = filters;
  op.size = size;
  op.stride_x = op.stride_y = stride;
  op.padding = padding;
  return op;
}

TEST(ConvolutionShape, RoundsDownAndCountsABiasAFilter) {
  const LayerFacts facts = facts_of(convolution(8, 3, 2, 1), {{3, 10, 7}});
  EXPECT_EQ(facts.output, (Shape{8, 5, 4}));
  EXPECT_EQ(facts.parameters, 8 * (3 * 9 + 1));
  EXPECT_EQ(facts.flops, 2 * (8 * 5 * 4) * (3 * 9));
}

TEST(ConvolutionShape, BatchNormalisationAddsThreeNumbersAFilter) {
  Convolution op = convolution(8, 3, 1, 1);
  op.batch_normalize = true;
  EXPECT_EQ(facts_of(op, {{3, 8, 8}}).parameters, 8 * (3 * 9 + 4));
}

TEST(ConvolutionShape, SharedWeightsArentItsOwn) {
  Convolution op = convolution(8, 3, 1, 1);
  op.batch_normalize = true;
  op.share_index = 2;
  EXPECT_EQ(facts_of(op, {{3, 8, 8}}).parameters, 0);
  EXPECT_EQ(facts_of(op, {{3, 8, 8}}).flops, 2 * (8 * 8 * 8) * (3 * 9));
}

TEST(ConvolutionShape, EachAxisHasItsOwnStride) {
  Convolution op = convolution(1, 1, 1, 0);
  op.stride_x = 2;
  op.stride_y = 4;
  EXPECT_EQ(facts_of(op, {{1, 8, 8}}).output, (Shape{1, 2, 4}));
}

TEST(ConvolutionShape, GroupsDivideTheKernel) {
  Convolution op = convolution(6, 3, 1, 1);
  op.groups = 3;
  const LayerFacts facts = facts_of(op, {{6, 4, 4}});
  EXPECT_EQ(facts.parameters, 6 * (2 * 9 + 1));
  EXPECT_EQ(facts.flops, 2 * (6 * 16) * (2 * 9));
  EXPECT_EQ(error_of(op, {{8, 4, 4}}), "mismatch: groups=3 doesn't divide its 8 input channels");
  op.filters = 7;
  EXPECT_EQ(error_of(op, {{6, 4, 4}}), "mismatch: groups=3 doesn't divide filters=7");
}

TEST(ConvolutionShape, DilationWidensTheKernel) {
  Convolution op = convolution(1, 3, 1, 2);
  op.dilation = 2;
  EXPECT_EQ(facts_of(op, {{1, 9, 9}}).output, (Shape{1, 9, 9}));
  op.padding = 0;
  EXPECT_EQ(facts_of(op, {{1, 9, 9}}).output, (Shape{1, 5, 5}));
  EXPECT_EQ(error_of(op, {{1, 9, 4}}),
            "mismatch: its kernel covers 5 x 5, more than its input of 4 x 9 with padding 0");
}

TEST(ConvolutionShape, KeepsToTheLimits) {
  EXPECT_EQ(error_of(convolution(65537, 1, 1, 0), {{1, 1, 1}}),
            "too_large: its output has 65537 channels; at most 65536 are allowed");
  EXPECT_EQ(error_of(convolution(1, 1, 1, 40000), {{1, 1, 1}}),
            "too_large: its output is 80001 x 80001; at most 65536 x 65536 is allowed");
  EXPECT_EQ(
      error_of(convolution(1024, 1, 1, 0), {{1, 1024, 1024}}),
      "too_large: its output of 1024 x 1024 x 1024 has 1073741824 elements; at most 268435456 "
      "are allowed");
  EXPECT_EQ(error_of(convolution(65536, 3, 1, 1), {{65536, 1, 1}}),
            "too_large: it has 38654771200 parameters; at most 1073741824 are allowed");
}

TEST(ConvolutionShape, TheLargestThereMayBeOverflowsNothing) {
  EXPECT_EQ(error_of(convolution(65536, limits::kMaxKernel, 1, limits::kMaxKernel),
                     {{65536, 65536, 65536}})
                .substr(0, 10),
            "too_large:");
}

TEST(RouteShape, JoinsChannels) {
  Route op;
  op.layers = {0, 1};
  const LayerFacts facts = facts_of(op, {{3, 4, 5}, {6, 4, 5}});
  EXPECT_EQ(facts.output, (Shape{9, 4, 5}));
  EXPECT_EQ(facts.parameters, 0);
  EXPECT_EQ(facts.flops, 0);
}

TEST(RouteShape, TakesAPartOfEachInput) {
  Route op;
  op.layers = {0, 1};
  op.groups = 2;
  EXPECT_EQ(facts_of(op, {{4, 2, 2}, {6, 2, 2}}).output, (Shape{5, 2, 2}));
  EXPECT_EQ(error_of(op, {{4, 2, 2}, {3, 2, 2}}),
            "mismatch: groups=2 doesn't divide the 3 channels of layer 1");
}

TEST(RouteShape, SizesMustAgree) {
  Route op;
  op.layers = {7, 9};
  EXPECT_EQ(error_of(op, {{1, 26, 27}, {1, 13, 14}}),
            "mismatch: layers 7 and 9 can't be joined: they are 27 x 26 and 14 x 13");
}

TEST(RouteShape, KeepsToTheLimits) {
  Route op;
  op.layers = {0, 0};
  EXPECT_EQ(error_of(op, {{40000, 1, 1}, {40000, 1, 1}}),
            "too_large: its output has 80000 channels; at most 65536 are allowed");
}

TEST(ShortcutShape, IsTheLayerBefore) {
  Shortcut op;
  op.from = {0, 1};
  const LayerFacts facts = facts_of(op, {{4, 2, 3}, {8, 2, 3}, {2, 2, 3}});
  EXPECT_EQ(facts.output, (Shape{4, 2, 3}));
  EXPECT_EQ(facts.parameters, 0);
  EXPECT_EQ(facts.flops, 2 * (4 * 2 * 3));
  EXPECT_EQ(
      error_of(op, {{4, 2, 3}, {4, 2, 3}, {4, 2, 4}}),
      "mismatch: layer 1 is 4 x 2, the layer before is 3 x 2: only their channels may differ");
}

TEST(ShortcutShape, CountsItsWeights) {
  Shortcut op;
  op.from = {0, 1};
  const std::vector<Shape> inputs(3, Shape{4, 2, 3});
  op.weights_type = ShortcutWeights::kPerFeature;
  EXPECT_EQ(facts_of(op, inputs).parameters, 3);
  EXPECT_EQ(facts_of(op, inputs).flops, 4 * (4 * 2 * 3));
  op.weights_type = ShortcutWeights::kPerChannel;
  EXPECT_EQ(facts_of(op, inputs).parameters, 3 * 4);
}

TEST(MaxPoolShape, FollowsDarknetsPadding) {
  MaxPool op;
  op.size = 2;
  op.stride_x = op.stride_y = 2;
  op.padding = 1;
  EXPECT_EQ(facts_of(op, {{3, 7, 8}}).output, (Shape{3, 4, 4}));
  EXPECT_EQ(facts_of(op, {{3, 7, 8}}).flops, 3 * 4 * 4 * 4);
  op.stride_x = op.stride_y = 1;
  EXPECT_EQ(facts_of(op, {{3, 13, 13}}).output, (Shape{3, 13, 13}));
  op.size = 6;
  op.padding = 5;
  EXPECT_EQ(facts_of(op, {{3, 13, 13}}).output, (Shape{3, 13, 13}));
  op.padding = 0;
  EXPECT_EQ(error_of(op, {{3, 5, 13}}),
            "mismatch: its window of 6 x 6 is larger than its input of 13 x 5 with padding 0");
}

TEST(DepthMaxPoolShape, KeepsHeightAndWidth) {
  EXPECT_EQ(facts_of(DepthMaxPool{4}, {{10, 3, 5}}).output, (Shape{4, 3, 5}));
  EXPECT_EQ(facts_of(DepthMaxPool{4}, {{10, 3, 5}}).flops, 3 * (4 * 3 * 5));
  EXPECT_EQ(facts_of(DepthMaxPool{10}, {{10, 3, 5}}).output, (Shape{10, 3, 5}));
  EXPECT_EQ(error_of(DepthMaxPool{11}, {{10, 3, 5}}),
            "mismatch: out_channels=11 is more than its 10 input channels");
}

TEST(LocalAvgPoolShape, IsAMaxPools) {
  const LayerFacts facts = facts_of(LocalAvgPool{4, 4, 2, 3}, {{3, 7, 8}});
  EXPECT_EQ(facts.output, (Shape{3, 4, 2}));
  EXPECT_EQ(facts.flops, 3 * 4 * 2 * 16);
  EXPECT_EQ(error_of(LocalAvgPool{6, 1, 1, 0}, {{3, 5, 13}}),
            "mismatch: its window of 6 x 6 is larger than its input of 13 x 5 with padding 0");
}

TEST(AvgPoolShape, IsOneValueAChannel) {
  const LayerFacts facts = facts_of(AvgPool{}, {{5, 3, 4}});
  EXPECT_EQ(facts.output, (Shape{5, 1, 1}));
  EXPECT_EQ(facts.flops, 60);
}

TEST(UpsampleShape, RepeatsEachElement) {
  Upsample op;
  op.stride = 3;
  EXPECT_EQ(facts_of(op, {{5, 2, 4}}).output, (Shape{5, 6, 12}));
  EXPECT_EQ(facts_of(op, {{5, 2, 4}}).flops, 0);
  op.scale = 2.0F;
  EXPECT_EQ(facts_of(op, {{5, 2, 4}}).flops, 5 * 6 * 12);
  op.stride = 1023;
  EXPECT_EQ(error_of(op, {{1, 65536, 1}}),
            "too_large: its output is 1023 x 67043328; at most 65536 x 65536 is allowed");
}

TEST(ScaleChannelsShape, IsTheScaledLayer) {
  ScaleChannels op;
  op.from = 2;
  EXPECT_EQ(facts_of(op, {{5, 1, 1}, {5, 3, 4}}).output, (Shape{5, 3, 4}));
  EXPECT_EQ(facts_of(op, {{5, 1, 1}, {5, 3, 4}}).flops, 60);
  EXPECT_EQ(error_of(op, {{4, 1, 1}, {5, 3, 4}}),
            "mismatch: layer 2 is 5 x 3 x 4 (channels, height, width) and needs scales of 5 x 1 x "
            "1, but the layer before is 4 x 1 x 1");
  op.scale_wh = true;
  EXPECT_EQ(facts_of(op, {{1, 3, 4}, {5, 3, 4}}).output, (Shape{5, 3, 4}));
  EXPECT_EQ(error_of(op, {{5, 1, 1}, {5, 3, 4}}),
            "mismatch: layer 2 is 5 x 3 x 4 (channels, height, width) and needs scales of 1 x 3 x "
            "4, but the layer before is 5 x 1 x 1");
}

TEST(SamShape, BothMustBeAlike) {
  Sam op;
  op.from = 2;
  EXPECT_EQ(facts_of(op, {{5, 3, 4}, {5, 3, 4}}).output, (Shape{5, 3, 4}));
  EXPECT_EQ(error_of(op, {{5, 3, 4}, {5, 3, 5}}),
            "mismatch: layer 2 is 5 x 3 x 5 (channels, height, width), but the layer before is 5 x "
            "3 x 4: they must be alike");
}

TEST(BlurShape, ComesBehindTheLayerWithStridesOfOne) {
  Convolution op;
  op.filters = 4;
  op.size = 3;
  op.padding = 1;
  op.stride_x = op.stride_y = 2;
  op.blur = kBinomialBlur;
  const LayerFacts facts = facts_of(op, {{5, 9, 12}});
  EXPECT_EQ(facts.output, (Shape{4, 5, 6}));
  EXPECT_EQ(facts.parameters, 4 * (5 * 9 + 1));  // the blur has none in the file
  EXPECT_EQ(facts.flops, 4 * 9 * 12 * 2 * 45 + 4 * 5 * 6 * 2 * 9);
  MaxPool pool{2, 2, 2, 1};
  pool.blur = kBoxBlur;
  EXPECT_EQ(facts_of(pool, {{5, 8, 9}}).output, (Shape{5, 4, 4}));
  pool.padding = 0;
  EXPECT_EQ(error_of(pool, {{5, 2, 9}}),
            "mismatch: its blur of 2 x 2 (antialiasing) is larger than the 8 x 1 before it");
}

TEST(ReorgShape, CellsBecomeChannels) {
  EXPECT_EQ(facts_of(Reorg{2, false}, {{5, 6, 8}}).output, (Shape{20, 3, 4}));
  EXPECT_EQ(facts_of(Reorg{2, true}, {{4, 6, 8}}).output, (Shape{16, 3, 4}));
  EXPECT_EQ(error_of(Reorg{2, false}, {{4, 6, 9}}),
            "mismatch: stride=2 doesn't divide its input of 9 x 6");
  EXPECT_EQ(error_of(Reorg{2, false}, {{4, 7, 8}}),
            "mismatch: stride=2 doesn't divide its input of 8 x 7");
  EXPECT_EQ(error_of(Reorg{2, true}, {{6, 6, 8}}),
            "mismatch: stride=2 needs a multiple of 4 channels, not 6");
}

TEST(DropoutShape, ChangesNothing) {
  EXPECT_EQ(facts_of(Dropout{}, {{5, 3, 4}}).output, (Shape{5, 3, 4}));
  EXPECT_EQ(facts_of(Contrastive{}, {{5, 3, 4}}).output, (Shape{5, 3, 4}));
}

TEST(HeadShape, ChannelsFitAnchorsAndClasses) {
  Head op;
  op.anchors.resize(3);
  op.classes = 80;
  EXPECT_EQ(facts_of(op, {{255, 13, 13}}).output, (Shape{255, 13, 13}));
  EXPECT_EQ(
      error_of(op, {{256, 13, 13}}),
      "mismatch: 3 anchors and 80 classes need 3 x (80 + 5) = 255 channels, but its input has "
      "256");
  op.kind = HeadKind::kRegion;
  EXPECT_EQ(facts_of(op, {{255, 13, 13}}).output, (Shape{255, 13, 13}));
  op.kind = HeadKind::kGaussianYolo;
  EXPECT_EQ(facts_of(op, {{267, 13, 13}}).output, (Shape{267, 13, 13}));
  EXPECT_EQ(
      error_of(op, {{255, 13, 13}}),
      "mismatch: 3 anchors and 80 classes need 3 x (80 + 9) = 267 channels, but its input has "
      "255");
}

TEST(InputsOf, TheLayerBeforeComesFirst) {
  Shortcut shortcut;
  shortcut.from = {1, 2};
  ScaleChannels scale;
  scale.from = 3;
  Sam sam;
  sam.from = 4;
  Route route;
  route.layers = {5, 6};
  EXPECT_EQ(inputs_of(Convolution{}, 9), (std::vector{8}));
  EXPECT_EQ(inputs_of(Convolution{}, 0), (std::vector{-1}));
  EXPECT_EQ(inputs_of(shortcut, 9), (std::vector{8, 1, 2}));
  EXPECT_EQ(inputs_of(scale, 9), (std::vector{8, 3}));
  EXPECT_EQ(inputs_of(sam, 9), (std::vector{8, 4}));
  EXPECT_EQ(inputs_of(route, 9), (std::vector{5, 6}));
}

}  // namespace
}  // namespace yolofleet::graph
