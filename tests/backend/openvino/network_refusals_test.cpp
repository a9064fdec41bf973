// The networks that the module refuses, and its messages.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/cpu/module_loader.hpp"
#include "backend/test_network.hpp"

namespace yolofleet::backend {
namespace {

using ::testing::HasSubstr;

Error refusal(const graph::Network& network) {
  const auto module = cpu::load_module();
  EXPECT_TRUE(module.has_value());
  const auto executor = (*module)->compile(network, {Precision::kFp32, 1, 1});
  return executor ? Error{} : executor.error();
}

graph::Network small_network() {
  TestNetwork built({3, 8, 8});
  built.convolution(6);
  built.head();
  return built.network();
}

TEST(NetworkRefusals, AConvolutionWithoutItsWeights) {
  graph::Network network = small_network();
  std::get<graph::Convolution>(network.layers()[0].operation).weights.kernel.clear();
  const Error error = refusal(network);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message,
            "test: layer 0 [convolutional], line 10 of the cfg: has 0 weights and 6 biases; it "
            "needs 162 and 6");
}

TEST(NetworkRefusals, BatchNormalisationThatIsNotFolded) {
  graph::Network network = small_network();
  std::get<graph::Convolution>(network.layers()[0].operation).weights.scale.assign(6, 1.0F);
  const Error error = refusal(network);
  EXPECT_EQ(error.code, ErrorCode::kInternal);
  EXPECT_THAT(error.message, HasSubstr("line 10 of the cfg: its batch normalisation isn't folded"));
}

TEST(NetworkRefusals, AShortcutWithoutItsWeights) {
  TestNetwork built({3, 8, 8});
  built.convolution(6);
  built.convolution(6);
  graph::Shortcut op;
  op.from = {0};
  op.weights_type = graph::ShortcutWeights::kPerChannel;
  built.add(op);
  built.head();
  const Error error = refusal(built.network());
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("layer 2 [shortcut], line 30 of the cfg: has 0 weights; it "
                                       "needs 12"));
}

TEST(NetworkRefusals, ANetworkWithoutAHead) {
  TestNetwork built({3, 8, 8});
  built.convolution(6);
  const Error error = refusal(built.network());
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, "test: the network has no head that gives boxes");
}

TEST(NetworkRefusals, AShapeThatDiffersFromTheNetworks) {
  graph::Network network = small_network();
  network.layers()[0].output.width = 9;
  const Error error = refusal(network);
  EXPECT_EQ(error.code, ErrorCode::kInternal);
  EXPECT_THAT(error.message,
              HasSubstr("OpenVINO gives the shape [1,6,8,8]; the network has [1,6,8,9]"));
}

TEST(NetworkRefusals, AnOperationThatOpenVinoRefuses) {
  graph::Network network = small_network();
  network.layers()[0].input.channels = 2;  // weights for two channels, a tensor of three
  auto& weights = std::get<graph::Convolution>(network.layers()[0].operation).weights;
  weights.kernel.resize(6 * 2 * 9);
  const Error error = refusal(network);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("line 10 of the cfg: OpenVINO refuses it: "));
}

}  // namespace
}  // namespace yolofleet::backend
