#include "generated/generate.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "backend/every_layer_model.hpp"
#include "backend/reference_network.hpp"
#include "darknet/cfg.hpp"
#include "darknet/weights.hpp"
#include "generated/forward.hpp"
#include "graph/fold_batch_normalization.hpp"
#include "graph/shapes.hpp"

namespace yolofleet::generated {
namespace {

using ::testing::Each;
using ::testing::FloatNear;
using ::testing::Pointwise;
using ::testing::TempDir;

graph::Network network_of(const std::string& text) {
  std::vector<std::string> warnings;
  return darknet::network_from_cfg(text, {"a.cfg", "a"}, {}, warnings).value();
}

std::string weights_of(const graph::Network& network, std::uint64_t seed) {
  std::ostringstream out;
  write_weights(network, seed, out);
  return out.str();
}

std::vector<float> random_values(std::size_t count) {
  std::mt19937 random{3};
  std::uniform_real_distribution<float> values{-1.0F, 1.0F};
  std::vector<float> made(count);
  std::generate(made.begin(), made.end(), [&] { return values(random); });
  return made;
}

/// The network with these weights, folded, and the values of its layers for a random picture.
std::vector<std::vector<float>> values_of(graph::Network network, const std::string& weights) {
  const std::string file = TempDir() + "generated-" + std::to_string(::getpid()) + ".weights";
  std::ofstream(file, std::ios::binary) << weights;
  std::vector<std::string> warnings;
  EXPECT_TRUE(darknet::read_weights(file, network, false, warnings));
  std::filesystem::remove(file);
  graph::fold_batch_normalization(network);
  std::vector<float> picture = random_values(static_cast<std::size_t>(network.input().elements()));
  std::transform(picture.begin(), picture.end(), picture.begin(),
                 [](float value) { return std::abs(value); });
  return backend::run_reference(network, picture);
}

float deviation(const std::vector<float>& values) {
  double sum = 0.0;
  double squares = 0.0;
  for (const float value : values) {
    sum += double{value};
    squares += double{value} * double{value};
  }
  const auto count = static_cast<double>(values.size());
  return static_cast<float>(std::sqrt(squares / count - sum / count * (sum / count)));
}

TEST(GeneratedWeights, AreAsManyAsTheNetworkHas) {
  const auto network = network_of(backend::every_layer_cfg());
  constexpr std::size_t kHeader = 20;
  EXPECT_EQ(weights_of(network, 1).size(),
            kHeader + static_cast<std::size_t>(network.parameters()) * sizeof(float));
}

TEST(GeneratedWeights, DependOnTheSeedAlone) {
  const auto network = network_of(backend::every_layer_cfg());
  EXPECT_EQ(weights_of(network, 5), weights_of(network, 5));
  EXPECT_NE(weights_of(network, 5), weights_of(network, 6));
}

TEST(GeneratedWeights, KeepEveryLayerInRangeAndHeadsApart) {
  const auto network = network_of(backend::every_layer_cfg());
  const auto values = values_of(network, weights_of(network, 1));
  for (const auto& layer : values) {
    EXPECT_THAT(layer, Each(FloatNear(0.0F, 100.0F)));
  }
  for (const std::size_t head : network.heads()) {
    EXPECT_GT(deviation(values[head]), 0.1F) << head;
  }
}

TEST(GeneratedWeights, DontGrowOrDieInDepth) {
  std::string text = "[net]\nwidth=32\nheight=32\nchannels=3\n";
  for (int i = 0; i < 60; ++i) {
    text += "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\npad=1\nactivation=leaky\n";
  }
  text +=
      "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n"
      "[yolo]\nmask=0\nanchors=10,20\nclasses=1\nnum=1\n";
  const auto network = network_of(text);
  const auto values = values_of(network, weights_of(network, 1));
  EXPECT_THAT(deviation(values.back()), FloatNear(2.0F, 1.0F));
  EXPECT_THAT(deviation(values[50]), FloatNear(1.0F, 0.5F));
}

/// A convolution of 12 channels, of which `op` says what it likes.
void convolves_as_the_reference(graph::Convolution op) {
  const graph::Shape input{12, 13, 18};
  op.filters = 8;
  op.activation = graph::Activation::kLinear;
  const int per_filter = input.channels / op.groups * op.size * op.size;
  op.weights.kernel = random_values(static_cast<std::size_t>(op.filters * per_filter));
  op.weights.bias.assign(static_cast<std::size_t>(op.filters), 0.0F);
  const int reach = op.dilation * (op.size - 1) + 1;
  const graph::Shape output{op.filters, (input.height + 2 * op.padding - reach) / op.stride_y + 1,
                            (input.width + 2 * op.padding - reach) / op.stride_x + 1};
  const Tensor picture{input, random_values(static_cast<std::size_t>(input.elements()))};
  graph::Layer layer;
  layer.operation = op;
  layer.input = input;
  layer.output = output;
  const auto wanted = backend::run_reference({"a", input, false, {layer}}, picture.values);
  EXPECT_THAT(convolve(op, picture, op.weights.kernel, output).values,
              Pointwise(FloatNear(1e-4F), wanted.front()));
}

TEST(Convolve, IsTheReferencesWithAnyStridePaddingDilationAndGroups) {
  convolves_as_the_reference({.size = 1, .weights = {}});
  convolves_as_the_reference({.size = 3, .padding = 1, .weights = {}});
  convolves_as_the_reference(
      {.size = 3, .stride_x = 2, .stride_y = 2, .padding = 1, .weights = {}});
  convolves_as_the_reference(
      {.size = 5, .stride_x = 1, .stride_y = 3, .padding = 2, .weights = {}});
  convolves_as_the_reference({.size = 2, .stride_x = 2, .stride_y = 1, .weights = {}});
  convolves_as_the_reference({.size = 3, .dilation = 2, .padding = 2, .weights = {}});
  convolves_as_the_reference({.size = 3, .padding = 1, .groups = 4, .weights = {}});
}

TEST(RunLayer, IsTheReferences) {
  auto network = network_of(
      "[net]\nwidth=12\nheight=8\nchannels=3\n"
      "[maxpool]\nsize=3\nstride=1\n[maxpool]\nsize=2\nstride=2\n[upsample]\nstride=2\nscale=.5\n"
      "[route]\nlayers=-1,0\n[shortcut]\nfrom=0\nactivation=leaky\n[route]\nlayers=4\ngroups=3\n"
      "group_id=1\n[avgpool]\n[scale_channels]\nfrom=5\nactivation=logistic\n[sam]\nfrom=5\n"
      "[local_avgpool]\nsize=3\nstride=2\n[route]\nlayers=4\n"
      "[maxpool]\nmaxpool_depth=1\nout_channels=4\n"
      "[route]\nlayers=0\n[convolutional]\nfilters=6\nactivation=linear\n"
      "[yolo]\nmask=0\nanchors=10,20\nclasses=1\nnum=1\n");
  auto& head = std::get<graph::Convolution>(network.layers()[13].operation);
  head.weights.kernel.assign(18, 0.0F);
  head.weights.bias.assign(6, 0.0F);
  const Tensor picture{network.input(), random_values(288)};
  const auto wanted = backend::run_reference(network, picture.values);
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < 13; ++i) {
    const graph::Layer& layer = network.layers()[i];
    std::vector<const Tensor*> inputs;
    for (const int read : graph::inputs_of(layer.operation, static_cast<int>(i))) {
      inputs.push_back(read < 0 ? &picture : &outputs[static_cast<std::size_t>(read)]);
    }
    outputs.push_back(run_layer(layer, inputs));
    EXPECT_THAT(outputs.back().values, Pointwise(FloatNear(1e-5F), wanted[i])) << i;
  }
}

}  // namespace
}  // namespace yolofleet::generated
