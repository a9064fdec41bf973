// Single layers in TensorRT's engines against the plain loops, in FP32: pools with paddings and
// rests of all kinds, and shared weights. What has one form only is in every_layer_cfg
// (heads_test.cpp).

#include <string>
#include <vector>

#include "backend/head_difference.hpp"
#include "backend/reference_network.hpp"
#include "backend/tensorrt/network/tensor_names.hpp"
#include "backend/test_network.hpp"
#include "gpu/devices.hpp"
#include "gpu/engine.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::EngineRun;

constexpr int kLayerBatch = 2;

class Layers : public testing::GpuTest {
 protected:
  /// Runs two pictures through the network, and compares the input of its head.
  void expect_as_reference(const graph::Network& network) const {
    EngineOptions options = testing::quick_engine_options();
    options.max_batch = kLayerBatch;
    options.raw_heads = true;
    const auto plan = testing::quick_plan(device(), network, options);
    EngineRun engine{*plan, kLayerBatch};
    const std::vector<float> inputs = testing::random_input(network.input(), kLayerBatch, 5);
    engine.put(kInput, inputs);
    engine.run();
    const std::vector<float> found = engine.get<float>(head_name(0));
    const std::size_t values = found.size() / kLayerBatch;
    const std::size_t pixels = inputs.size() / kLayerBatch;
    for (std::size_t i = 0; i < kLayerBatch; ++i) {
      const auto wanted = run_reference(network, std::span{inputs}.subspan(i * pixels, pixels))
                              .at(network.heads().front());
      ASSERT_EQ(values, wanted.size());
      EXPECT_LT(relative_difference(std::span{found}.subspan(i * values, values), wanted),
                kFloatHeadTolerance)
          << "picture " << i;
    }
  }
};

struct PoolCase {
  int size = 2;
  int stride_x = 2;
  int stride_y = 2;
  int padding = 1;
};

class LocalAvgPoolLayer : public Layers, public ::testing::WithParamInterface<PoolCase> {};

TEST_P(LocalAvgPoolLayer, DividesByThePositionsInside) {
  const PoolCase& the = GetParam();
  TestNetwork built({6, 13, 16});
  built.convolution(6);
  built.add(graph::LocalAvgPool{the.size, the.stride_x, the.stride_y, the.padding});
  built.head();
  expect_as_reference(built.network());
}

INSTANTIATE_TEST_SUITE_P(Kinds, LocalAvgPoolLayer,
                         ::testing::Values(PoolCase{4, 4, 4, 3}, PoolCase{2, 2, 2, 1},
                                           PoolCase{2, 1, 1, 1}, PoolCase{2, 2, 2, 0},
                                           PoolCase{3, 2, 2, 2}, PoolCase{3, 1, 1, 4},
                                           PoolCase{5, 1, 2, 7}, PoolCase{1, 1, 1, 0},
                                           PoolCase{13, 1, 1, 12}, PoolCase{3, 3, 2, 1}));

class DepthMaxPoolLayer : public Layers, public ::testing::WithParamInterface<int> {};

TEST_P(DepthMaxPoolLayer, TakesEveryNthChannel) {
  TestNetwork built({3, 6, 9});
  built.convolution(24);
  built.add(graph::DepthMaxPool{GetParam()});
  built.head();
  expect_as_reference(built.network());
}

INSTANTIATE_TEST_SUITE_P(OutChannels, DepthMaxPoolLayer,
                         ::testing::Values(6, 7, 8, 10, 12, 13, 24));

TEST_F(Layers, ShareWeightsWithTheirOwnOptions) {
  TestNetwork built({3, 9, 14});
  built.convolution(6);
  graph::Convolution op;
  op.filters = 6;
  op.size = 3;
  op.padding = 1;
  op.groups = 2;
  op.activation = graph::Activation::kLeaky;
  op.share_index = built.convolution(op);
  op.padding = op.dilation = 2;
  op.activation = graph::Activation::kMish;
  built.add(op);
  op.padding = op.dilation = 1;
  op.stride_x = 2;
  op.blur = graph::kBoxBlur;
  built.add(op);
  built.head();
  expect_as_reference(built.network());
}

TEST_F(Layers, BehindTheHeadThatTrainEmbeddingsChangeNothing) {
  TestNetwork built({3, 5, 7});
  const int trunk = built.convolution(8);
  built.head();
  built.add(graph::Route{{trunk}, 1, 0});
  built.convolution(16);
  built.add(graph::Contrastive{});
  expect_as_reference(built.network());
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
