// Every kind of layer through the module, against the plain loops of reference_network.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "backend/cpu/module_loader.hpp"
#include "backend/reference_network.hpp"
#include "backend/test_network.hpp"

namespace yolofleet::backend {
namespace {

using graph::Activation;

/// Runs the network and compares the inputs of its heads.
void expect_as_reference(TestNetwork& built, float most = 1.0F) {
  const graph::Network network = built.network();
  const auto module = cpu::load_module();
  ASSERT_TRUE(module) << module.error().message;
  const auto executor = (*module)->compile(network, {Precision::kFp32, 1, 1});
  ASSERT_TRUE(executor) << executor.error().message;
  EXPECT_EQ((*executor)->precision(), Precision::kFp32);
  const auto request = (*executor)->create_request();
  ASSERT_TRUE(request) << request.error().message;
  const auto input =
      built.random(static_cast<std::size_t>(network.input().elements()), -most, most);
  ASSERT_EQ((*request)->input().size(), input.size());
  std::copy(input.begin(), input.end(), (*request)->input().begin());
  const auto done = (*request)->infer();
  ASSERT_TRUE(done) << done.error().message;
  const auto expected = run_reference(network, input);
  const auto heads = network.heads();
  ASSERT_FALSE(heads.empty());
  for (std::size_t h = 0; h < heads.size(); ++h) {
    const std::span<const float> found = (*request)->head(h);
    ASSERT_EQ(found.size(), expected[heads[h]].size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const float wanted = expected[heads[h]][i];
      ASSERT_NEAR(found[i], wanted, 1e-4F * std::max(1.0F, std::abs(wanted)))
          << "head " << h << ", value " << i;
    }
  }
}

class ActivationLayer : public ::testing::TestWithParam<Activation> {};

TEST_P(ActivationLayer, IsItsFormula) {
  TestNetwork built({6, 7, 9});
  graph::Convolution op;
  op.filters = 6;
  op.groups = 6;
  op.activation = GetParam();
  built.convolution(op);
  built.head();
  expect_as_reference(built, 16.0F);
}

INSTANTIATE_TEST_SUITE_P(
    All, ActivationLayer,
    ::testing::Values(Activation::kLinear, Activation::kLogistic, Activation::kLoggy,
                      Activation::kRelu, Activation::kRelu6, Activation::kElu, Activation::kSelu,
                      Activation::kGelu, Activation::kRelie, Activation::kRamp, Activation::kLeaky,
                      Activation::kTanh, Activation::kPlse, Activation::kStair,
                      Activation::kHardtan, Activation::kLhtan, Activation::kSwish,
                      Activation::kMish, Activation::kHardMish),
    [](const auto& param) {
      std::string name(graph::to_string(param.param));
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '-' || c == '_'; }, 'X');
      return name;
    });

struct ConvolutionCase {
  int size = 1;
  int stride_x = 1;
  int stride_y = 1;
  int dilation = 1;
  int padding = 0;
  int groups = 1;
};

class ConvolutionLayer : public ::testing::TestWithParam<ConvolutionCase> {};

TEST_P(ConvolutionLayer, IsAsDefined) {
  const ConvolutionCase& the = GetParam();
  TestNetwork built({12, 13, 17});
  graph::Convolution op;
  op.filters = 24;
  op.size = the.size;
  op.stride_x = the.stride_x;
  op.stride_y = the.stride_y;
  op.dilation = the.dilation;
  op.padding = the.padding;
  op.groups = the.groups;
  op.activation = Activation::kLeaky;
  built.convolution(op);
  built.head();
  expect_as_reference(built);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ConvolutionLayer,
    ::testing::Values(ConvolutionCase{1, 1, 1, 1, 0, 1}, ConvolutionCase{3, 1, 1, 1, 1, 1},
                      ConvolutionCase{3, 2, 2, 1, 1, 1}, ConvolutionCase{3, 1, 2, 1, 1, 1},
                      ConvolutionCase{3, 3, 1, 1, 0, 1}, ConvolutionCase{2, 2, 2, 1, 0, 1},
                      ConvolutionCase{4, 1, 1, 1, 2, 1}, ConvolutionCase{5, 1, 1, 1, 2, 1},
                      ConvolutionCase{3, 1, 1, 2, 2, 1}, ConvolutionCase{3, 2, 1, 4, 4, 1},
                      ConvolutionCase{3, 1, 1, 1, 1, 12}, ConvolutionCase{5, 2, 2, 1, 2, 12},
                      ConvolutionCase{3, 1, 1, 1, 1, 3}, ConvolutionCase{1, 1, 1, 1, 0, 4},
                      ConvolutionCase{3, 2, 2, 2, 2, 2}, ConvolutionCase{1, 2, 2, 1, 0, 1}));

struct MaxPoolCase {
  int size = 2;
  int stride_x = 2;
  int stride_y = 2;
  int padding = 1;
};

class MaxPoolLayer : public ::testing::TestWithParam<MaxPoolCase> {};

TEST_P(MaxPoolLayer, PadsAsDarknetDoes) {
  const MaxPoolCase& the = GetParam();
  TestNetwork built({6, 13, 16});
  built.convolution(6);
  built.add(graph::MaxPool{the.size, the.stride_x, the.stride_y, the.padding});
  built.head();
  expect_as_reference(built);
}

INSTANTIATE_TEST_SUITE_P(Kinds, MaxPoolLayer,
                         ::testing::Values(MaxPoolCase{2, 2, 2, 1}, MaxPoolCase{2, 1, 1, 1},
                                           MaxPoolCase{2, 2, 2, 0}, MaxPoolCase{3, 2, 2, 2},
                                           MaxPoolCase{3, 1, 1, 2}, MaxPoolCase{4, 2, 2, 3},
                                           MaxPoolCase{5, 1, 1, 4}, MaxPoolCase{9, 1, 1, 8},
                                           MaxPoolCase{13, 1, 1, 12}, MaxPoolCase{3, 2, 1, 2},
                                           MaxPoolCase{2, 1, 3, 1}, MaxPoolCase{3, 3, 3, 4}));

TEST(DepthMaxPoolLayer, TakesEveryNthChannelWithARestOrWithout) {
  for (const int out_channels : {6, 7, 8, 10, 12, 13, 24}) {
    TestNetwork built({3, 6, 9});
    built.convolution(24);
    built.add(graph::DepthMaxPool{out_channels});
    built.head();
    expect_as_reference(built);
  }
}

class LocalAvgPoolLayer : public ::testing::TestWithParam<MaxPoolCase> {};

TEST_P(LocalAvgPoolLayer, DividesByThePositionsInside) {
  const MaxPoolCase& the = GetParam();
  TestNetwork built({6, 13, 16});
  built.convolution(6);
  built.add(graph::LocalAvgPool{the.size, the.stride_x, the.stride_y, the.padding});
  built.head();
  expect_as_reference(built);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LocalAvgPoolLayer,
                         ::testing::Values(MaxPoolCase{4, 4, 4, 3}, MaxPoolCase{2, 2, 2, 1},
                                           MaxPoolCase{2, 1, 1, 1}, MaxPoolCase{2, 2, 2, 0},
                                           MaxPoolCase{3, 2, 2, 2}, MaxPoolCase{3, 1, 1, 4},
                                           MaxPoolCase{5, 1, 2, 7}, MaxPoolCase{1, 1, 1, 0},
                                           MaxPoolCase{13, 1, 1, 12}, MaxPoolCase{3, 3, 2, 1}));

TEST(SharedWeights, AreUsedWithEachLayersOwnOptions) {
  TestNetwork built({3, 9, 14});
  built.convolution(6);
  graph::Convolution op;
  op.filters = 6;
  op.size = 3;
  op.padding = 1;
  op.groups = 2;
  op.activation = Activation::kLeaky;
  op.share_index = built.convolution(op);
  op.padding = op.dilation = 2;
  op.activation = Activation::kMish;
  built.add(op);
  op.padding = op.dilation = 1;
  op.stride_x = 2;
  op.blur = graph::kBoxBlur;
  built.add(op);
  built.head();
  expect_as_reference(built);
}

TEST(RouteLayer, JoinsSeveral) {
  TestNetwork built({3, 8, 8});
  const int first = built.convolution(5);
  const int second = built.convolution(3, Activation::kMish);
  built.add(graph::Route{{second, first, second}, 1, 0});
  built.head();
  expect_as_reference(built);
}

TEST(RouteLayer, TakesAGroupOfEach) {
  for (const int group : {0, 1, 2}) {
    TestNetwork built({3, 8, 8});
    const int first = built.convolution(12);
    const int second = built.convolution(6);
    built.add(graph::Route{{first, second}, 3, group});
    built.head();
    expect_as_reference(built);
  }
}

TEST(RouteLayer, OfOneIsThatOne) {
  TestNetwork built({3, 8, 8});
  const int first = built.convolution(7);
  built.convolution(3);
  built.add(graph::Route{{first}, 1, 0});
  built.head();
  expect_as_reference(built);
}

graph::Shortcut shortcut(std::vector<int> from, Activation activation = Activation::kLinear) {
  graph::Shortcut op;
  op.from = std::move(from);
  op.activation = activation;
  return op;
}

TEST(ShortcutLayer, AddsAndActivates) {
  TestNetwork built({3, 8, 8});
  const int first = built.convolution(8);
  built.convolution(8);
  built.add(shortcut({first}, Activation::kSwish));
  built.head();
  expect_as_reference(built);
}

TEST(ShortcutLayer, AddsTheChannelsThatBothHave) {
  for (const int filters : {5, 12}) {
    TestNetwork built({3, 8, 8});
    const int first = built.convolution(filters);
    built.convolution(8);
    built.add(shortcut({first}, Activation::kLeaky));
    built.head();
    expect_as_reference(built);
  }
}

TEST(ShortcutLayer, AddsSeveral) {
  TestNetwork built({3, 8, 8});
  const int first = built.convolution(8);
  const int second = built.convolution(4);
  built.convolution(8);
  built.add(shortcut({first, second}));
  built.head();
  expect_as_reference(built);
}

TEST(ShortcutLayer, WeighsEachWay) {
  for (const auto type :
       {graph::ShortcutWeights::kPerFeature, graph::ShortcutWeights::kPerChannel}) {
    for (const auto normalization :
         {graph::WeightsNormalization::kNone, graph::WeightsNormalization::kRelu,
          graph::WeightsNormalization::kSoftmax}) {
      TestNetwork built({3, 8, 8});
      const int first = built.convolution(8);
      const int second = built.convolution(10);
      built.convolution(8);
      graph::Shortcut op = shortcut({first, second}, Activation::kMish);
      op.weights_type = type;
      op.normalization = normalization;
      op.weights = built.random(type == graph::ShortcutWeights::kPerFeature ? 3 : 24, -1.0F, 2.0F);
      built.add(op);
      built.head();
      expect_as_reference(built);
    }
  }
}

TEST(UpsampleLayer, RepeatsAndScales) {
  for (const int stride : {1, 2, 3}) {
    for (const float scale : {1.0F, 0.5F}) {
      TestNetwork built({3, 5, 7});
      built.convolution(6);
      built.add(graph::Upsample{stride, scale});
      built.head();
      expect_as_reference(built);
    }
  }
}

TEST(AvgPoolLayer, IsTheMean) {
  TestNetwork built({3, 5, 7});
  built.convolution(9);
  built.add(graph::AvgPool{});
  built.head();
  expect_as_reference(built);
}

TEST(ScaleChannelsLayer, ScalesWholeChannels) {
  TestNetwork built({3, 5, 7});
  const int scaled = built.convolution(8);
  built.add(graph::AvgPool{});
  graph::Convolution op;
  op.filters = 8;
  op.activation = Activation::kLogistic;
  built.convolution(op);
  built.add(graph::ScaleChannels{scaled, false, Activation::kRelu});
  built.head();
  expect_as_reference(built);
}

TEST(ScaleChannelsLayer, ScalesPlaces) {
  TestNetwork built({3, 5, 7});
  const int scaled = built.convolution(8);
  built.convolution(1, Activation::kLogistic);
  built.add(graph::ScaleChannels{scaled, true, Activation::kLinear});
  built.head();
  expect_as_reference(built);
}

TEST(SamLayer, MultipliesElements) {
  TestNetwork built({3, 5, 7});
  const int other = built.convolution(8);
  built.convolution(8, Activation::kLogistic);
  built.add(graph::Sam{other, Activation::kLeaky});
  built.head();
  expect_as_reference(built);
}

TEST(Antialiasing, BlursWithTheLayersStrides) {
  for (const graph::Blur& blur : {graph::kBinomialBlur, graph::kBoxBlur}) {
    TestNetwork built({3, 9, 14});
    graph::Convolution op;
    op.filters = 6;
    op.size = 3;
    op.padding = 1;
    op.stride_x = 2;
    op.blur = blur;
    op.activation = Activation::kMish;
    built.convolution(op);
    graph::MaxPool pool{2, 1, 2, 1};
    pool.blur = blur;
    built.add(pool);
    built.head();
    expect_as_reference(built);
  }
}

TEST(ReorgLayer, TakesCellsApart) {
  for (const bool old : {false, true}) {
    TestNetwork built({3, 6, 12});
    built.convolution(old ? 36 : 5);
    built.add(graph::Reorg{3, old});
    built.head();
    expect_as_reference(built);
  }
}

TEST(DropoutLayer, DoesNothing) {
  TestNetwork built({1, 5, 7});
  built.convolution(8);
  built.add(graph::Dropout{});
  built.head();
  expect_as_reference(built);
}

TEST(ContrastiveLayer, ChangesNoHead) {
  TestNetwork built({3, 5, 7});
  const int trunk = built.convolution(8);
  built.head();
  built.add(graph::Route{{trunk}, 1, 0});
  built.add(graph::Contrastive{});
  expect_as_reference(built);
}

TEST(Heads, ComeInTheirOrder) {
  TestNetwork built({3, 8, 12});
  const int trunk = built.convolution(8, Activation::kMish);
  built.convolution(6);
  built.head();
  built.add(graph::Route{{trunk}, 1, 0});
  built.add(graph::MaxPool{2, 2, 2, 0});
  built.convolution(7);
  built.head();
  expect_as_reference(built);
}

}  // namespace
}  // namespace yolofleet::backend
