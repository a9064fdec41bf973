// Checks, without a GPU, the made-up network with which the GPU's heads are tested: it contains
// every kind of layer, and a wrong layer would change its heads.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "backend/every_layer_model.hpp"
#include "backend/head_difference.hpp"
#include "backend/reference_network.hpp"
#include "graph/network.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::backend {
namespace {

using graph::Activation;

const Model& model() {
  static const Model loaded =
      Model::load(
          write_every_layer_model(std::filesystem::path{::testing::TempDir()} / "every-layer"))
          .value();
  return loaded;
}

std::vector<float> picture(unsigned seed) {
  std::mt19937 random{seed};
  std::uniform_real_distribution<float> values{0.0F, 1.0F};
  std::vector<float> input(static_cast<std::size_t>(model().network().input().elements()));
  for (float& value : input) {
    value = values(random);
  }
  return input;
}

/// The inputs of a network's heads, by the plain loops.
std::vector<std::vector<float>> heads_of(const graph::Network& network,
                                         const std::vector<float>& input) {
  const auto outputs = run_reference(network, input);
  std::vector<std::vector<float>> heads;
  for (const std::size_t head : network.heads()) {
    heads.push_back(outputs[head]);
  }
  return heads;
}

/// The activation of an operation that has one, else null.
Activation* activation_of(graph::Operation& operation) {
  return std::visit(
      [](auto& op) -> Activation* {
        if constexpr (requires { op.activation; }) {
          return &op.activation;
        } else {
          return nullptr;
        }
      },
      operation);
}

template <std::size_t... index>
std::set<std::string> kinds_known(std::index_sequence<index...>) {
  return {std::string{graph::kind_of(std::variant_alternative_t<index, graph::Operation>{})}...};
}

TEST(EveryLayerModel, HoldsEveryKindOfLayer) {
  std::set<std::string> held;
  for (const graph::Layer& layer : model().network().layers()) {
    held.insert(std::string{graph::kind_of(layer.operation)});
  }
  constexpr auto kKinds = std::variant_size_v<graph::Operation>;
  std::set<std::string> known = kinds_known(std::make_index_sequence<kKinds>{});
  known.insert({"reorg", "region", "Gaussian_yolo"});
  EXPECT_EQ(held, known);
}

TEST(EveryLayerModel, HoldsEveryActivationInAConvolution) {
  std::set<Activation> held;
  for (const graph::Layer& layer : model().network().layers()) {
    if (const auto* const op = std::get_if<graph::Convolution>(&layer.operation)) {
      held.insert(op->activation);
    }
  }
  int known = 0;
  for (; !graph::to_string(static_cast<Activation>(known)).empty(); ++known) {
    EXPECT_TRUE(held.count(static_cast<Activation>(known)))
        << graph::to_string(static_cast<Activation>(known));
  }
  EXPECT_GE(known, 19);
}

/// The blur of an operation that can have one, else null.
const graph::Blur* blur_of(const graph::Operation& operation) {
  return std::visit(
      [](const auto& op) -> const graph::Blur* {
        if constexpr (requires { op.blur; }) {
          return &op.blur;
        } else {
          return nullptr;
        }
      },
      operation);
}

TEST(EveryLayerModel, BlursBehindConvolutionsAndPools) {
  std::set<std::string> held;
  for (const graph::Layer& layer : model().network().layers()) {
    const graph::Blur* const blur = blur_of(layer.operation);
    if (blur != nullptr && *blur) {
      held.insert(std::string{graph::kind_of(layer.operation)} + std::to_string(blur->size));
    }
  }
  EXPECT_EQ(held, (std::set<std::string>{"convolutional3", "maxpool2"}));
}

TEST(EveryLayerModel, HoldsSharedWeightsAndPoolsWithARest) {
  std::set<std::string> held;
  for (const graph::Layer& layer : model().network().layers()) {
    if (const auto* const op = std::get_if<graph::Convolution>(&layer.operation)) {
      held.insert(op->share_index ? "shared, dilation " + std::to_string(op->dilation) : "own");
    } else if (const auto* const pool = std::get_if<graph::DepthMaxPool>(&layer.operation)) {
      held.insert(layer.input.channels % pool->out_channels == 0 ? "no rest" : "rest");
    }
  }
  EXPECT_EQ(held,
            (std::set<std::string>{"own", "shared, dilation 1", "shared, dilation 3", "rest"}));
}

TEST(EveryLayerModel, HoldsEveryFormOfSumsProductsAndHeads) {
  std::set<std::string> held;
  for (const graph::Layer& layer : model().network().layers()) {
    if (const auto* const op = std::get_if<graph::Shortcut>(&layer.operation)) {
      held.insert("sum " + std::to_string(static_cast<int>(op->weights_type)) +
                  std::to_string(static_cast<int>(op->normalization)));
    } else if (const auto* const scale = std::get_if<graph::ScaleChannels>(&layer.operation)) {
      held.insert(scale->scale_wh ? "places" : "channels");
    } else if (const auto* const yolo = std::get_if<graph::Head>(&layer.operation)) {
      held.insert(std::string{yolo->new_coords ? "new" : "old"} +
                  (yolo->scale_x_y == 1.0F ? "" : " scaled"));
      held.insert("nms " + std::to_string(static_cast<int>(yolo->nms.kind)));
      if (yolo->kind == graph::HeadKind::kRegion) {
        held.insert(yolo->softmax ? "softmax" : "no softmax");
      }
    }
  }
  EXPECT_EQ(held, (std::set<std::string>{"sum 00", "sum 11", "sum 12", "sum 21", "sum 22", "places",
                                         "channels", "old", "old scaled", "new scaled", "nms 0",
                                         "nms 1", "nms 2", "softmax", "no softmax"}));
  const graph::Shape in = model().network().input();
  EXPECT_NE(in.width, in.height);
}

TEST(EveryLayerModel, ItsValuesAreFiniteAndSpread) {
  const auto outputs = run_reference(model().network(), picture(1));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    double sum = 0;
    double squares = 0;
    float most = 0;
    for (const float value : outputs[i]) {
      ASSERT_TRUE(std::isfinite(value)) << "layer " << i;
      sum += double{value};
      squares += double{value} * double{value};
      most = std::max(most, std::abs(value));
    }
    const auto count = static_cast<double>(outputs[i].size());
    const double deviation = std::sqrt(squares / count - sum / count * (sum / count));
    EXPECT_GT(deviation, 0.01) << "layer " << i;
    EXPECT_LT(most, 40.0F) << "layer " << i;
  }
}

TEST(EveryLayerModel, PicturesDiffer) {
  const auto one = heads_of(model().network(), picture(1));
  const auto other = heads_of(model().network(), picture(2));
  for (std::size_t head = 0; head < one.size(); ++head) {
    EXPECT_GT(relative_difference(one[head], other[head]), 5 * kHalfHeadTolerance) << head;
  }
}

TEST(EveryLayerModel, EveryHeadIsSureOfSomethingButNotOfTooMuch) {
  const auto outputs = run_reference(model().network(), picture(4));
  std::size_t all = 0;
  for (const std::size_t index : model().network().heads()) {
    const graph::Layer& layer = model().network().layers()[index];
    std::vector<ops::Candidate> candidates;
    ops::yolo_boxes(
        outputs[index],
        {&std::get<graph::Head>(layer.operation), layer.input, model().network().input()}, 0.6F,
        candidates);
    EXPECT_GT(candidates.size(), 10U) << "layer " << index;
    all += candidates.size();
  }
  EXPECT_LT(all, 4096U) << "a GPU's kernel has shared memory for no more";
}

/// The largest difference of a changed network's heads.
float most_changed(const graph::Network& changed, const std::vector<std::vector<float>>& expected,
                   const std::vector<float>& input) {
  const auto found = heads_of(changed, input);
  float most = 0;
  for (std::size_t head = 0; head < found.size(); ++head) {
    most = std::max(most, relative_difference(found[head], expected[head]));
  }
  return most;
}

TEST(EveryLayerModel, AnotherActivationAnywhereShows) {
  const std::vector<float> input = picture(1);
  const auto expected = heads_of(model().network(), input);
  for (std::size_t i = 0; i < model().network().layers().size(); ++i) {
    graph::Network changed = model().network();
    Activation* const activation = activation_of(changed.layers()[i].operation);
    if (activation == nullptr) {
      continue;
    }
    // The most similar activation, where there is a choice.
    const Activation before = *activation;
    *activation = before == Activation::kMish    ? Activation::kSwish
                  : before == Activation::kRelie ? Activation::kRelu
                  : before == Activation::kElu   ? Activation::kSelu
                  : before == Activation::kLeaky ? Activation::kRelie
                                                 : Activation::kLeaky;
    EXPECT_GT(most_changed(changed, expected, input), 3 * kFloatHeadTolerance)
        << "layer " << i << ", " << graph::to_string(before);
  }
}

TEST(EveryLayerModel, AnotherOrderBlurMeanOrSetOfWeightsShows) {
  const std::vector<float> input = picture(1);
  const auto expected = heads_of(model().network(), input);
  int changes = 0;
  for (std::size_t i = 0; i < model().network().layers().size(); ++i) {
    graph::Network changed = model().network();
    graph::Operation& operation = changed.layers()[i].operation;
    auto* const reorg = std::get_if<graph::Reorg>(&operation);
    auto* const convolution = std::get_if<graph::Convolution>(&operation);
    auto* const average = std::get_if<graph::LocalAvgPool>(&operation);
    if (reorg != nullptr) {
      reorg->old = !reorg->old;
    } else if (convolution != nullptr && convolution->blur) {
      convolution->blur = graph::kBoxBlur;  // with as many places here
    } else if (convolution != nullptr && convolution->share_index) {
      convolution->weights = graph::weights_of(model().network(), *convolution);
      std::reverse(convolution->weights.kernel.begin(), convolution->weights.kernel.end());
      convolution->share_index.reset();
    } else if (average != nullptr) {
      operation =
          graph::MaxPool{average->size, average->stride_x, average->stride_y, average->padding};
    } else {
      continue;
    }
    ++changes;
    EXPECT_GT(most_changed(changed, expected, input), 3 * kFloatHeadTolerance) << "layer " << i;
  }
  EXPECT_EQ(changes, 6);
}

}  // namespace
}  // namespace yolofleet::backend
