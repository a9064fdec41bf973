// The inputs of the heads in TensorRT's engines against the CPU's. A small made-up network with
// every kind of layer is compared with the plain loops. A model that YOLOFLEET_GPU_HEADS_CFG and
// YOLOFLEET_GPU_HEADS_WEIGHTS name is compared with the CPU back end; YOLOFLEET_GPU_HEADS_SIDE sets
// the width and height of its input. Each engine takes batches of up to 3.

#include <iostream>
#include <random>

#include "backend/cpu/module_loader.hpp"
#include "backend/every_layer_model.hpp"
#include "backend/head_difference.hpp"
#include "backend/reference_network.hpp"
#include "gpu/engine.hpp"
#include "gpu/pictures.hpp"
#include "ops/resize.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::EngineRun;
using testing::require;
using testing::value_of;

using Values = std::vector<float>;

constexpr int kHeadPictures = 3;

struct Arithmetic {
  const char* name;
  bool half;
  bool tf32;
  MishKind mish;
};

/// GoogleTest prints parameters with it.
std::ostream& operator<<(std::ostream& stream, const Arithmetic& arithmetic) {
  return stream << arithmetic.name;
}

float head_tolerance(const Arithmetic& arithmetic) {
  if (arithmetic.half) {
    return kHalfHeadTolerance;
  }
  return arithmetic.tf32 ? kTf32HeadTolerance : kFloatHeadTolerance;
}

/// Inputs of a network and the expected inputs of its heads: by picture, then by head.
struct Judged {
  const graph::Network& network;
  std::vector<Values> inputs;
  std::vector<std::vector<Values>> heads;
};

/// The heads' differences, picture by picture, at one batch size.
void expect_heads(const Judged& judged, Plan& plan, const Arithmetic& arithmetic, int batch) {
  EngineRun engine{plan, batch};
  // The last picture first, so that one alone isn't the one that led the larger batch.
  Values input;
  for (int i = 0; i < batch; ++i) {
    const Values& one = judged.inputs.at(static_cast<std::size_t>(kHeadPictures - 1 - i));
    input.insert(input.end(), one.begin(), one.end());
  }
  engine.put(kInput, input);
  engine.run();
  for (std::size_t head = 0; head < judged.heads.front().size(); ++head) {
    const auto found = engine.get<float>(head_name(head));
    const std::size_t size = judged.heads.front()[head].size();
    ASSERT_EQ(found.size(), size * static_cast<std::size_t>(batch));
    float worst = 0;
    for (int i = 0; i < batch; ++i) {
      const Values& wanted = judged.heads.at(static_cast<std::size_t>(kHeadPictures - 1 - i))[head];
      worst = std::max(
          worst, relative_difference(
                     std::span(found).subspan(static_cast<std::size_t>(i) * size, size), wanted));
    }
    std::cout << judged.network.name() << ' ' << arithmetic.name << ", batch " << batch << ", head "
              << head << ": max|a-b| / max|b| = " << worst << '\n';
    EXPECT_LT(worst, head_tolerance(arithmetic)) << "head " << head << ", batch " << batch;
  }
}

void expect_heads(const Judged& judged, int device, const Arithmetic& arithmetic) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  EngineOptions options = testing::quick_engine_options();
  options.half = arithmetic.half;
  options.tf32 = arithmetic.tf32;
  options.mish = arithmetic.mish;
  options.max_batch = kHeadPictures;
  options.raw_heads = true;
  const auto plan = testing::quick_plan(device, judged.network, options);
  expect_heads(judged, *plan, arithmetic, kHeadPictures);
  expect_heads(judged, *plan, arithmetic, 1);
}

/// Heads of a made-up picture: smooth, with some noise on it.
Values made_up_input(graph::Shape shape, unsigned seed) {
  std::mt19937 random{seed};
  std::uniform_real_distribution<float> value{0.0F, 1.0F};
  const float slope = value(random);
  Values input;
  for (int i = 0; i < shape.elements(); ++i) {
    const float x = static_cast<float>(i % shape.width) / static_cast<float>(shape.width);
    input.push_back(0.5F * (x * slope + (1 - x) * (1 - slope)) + 0.5F * value(random));
  }
  return input;
}

Model every_layer_model(const LoadOptions& options) {
  const auto folder = std::filesystem::path{::testing::TempDir()} / "every-layer-gpu";
  return Model::load(write_every_layer_model(folder), options).value();
}

Judged judged_by_loops(const graph::Network& network) {
  Judged all{network, {}, {}};
  for (unsigned i = 0; i < kHeadPictures; ++i) {
    const Values input = made_up_input(network.input(), i);
    const auto outputs = run_reference(network, input);
    std::vector<Values> heads;
    for (const std::size_t head : network.heads()) {
      heads.push_back(outputs[head]);
    }
    all.inputs.push_back(input);
    all.heads.push_back(std::move(heads));
  }
  return all;
}

const Judged& made_up() {
  static const Model model = every_layer_model({});
  static const Judged judged = judged_by_loops(model.network());
  return judged;
}

const Judged& made_up_and_uneven() {
  static const Model model = [] {
    LoadOptions options;
    options.input_size = kUnevenInputSize;
    return every_layer_model(options);
  }();
  static const Judged judged = judged_by_loops(model.network());
  return judged;
}

/// By the CPU back end's module.
std::vector<std::vector<Values>> judge(const graph::Network& network,
                                       const std::vector<Values>& inputs) {
  cpu::Module* const module = value_of(cpu::load_module());
  const auto executor = value_of(module->compile(network, {Precision::kFp32, 1, 4}));
  const auto request = value_of(executor->create_request());
  std::vector<std::vector<Values>> all;
  for (const Values& input : inputs) {
    require(request->input().size() == input.size(), "an input of another size");
    std::copy(input.begin(), input.end(), request->input().begin());
    const auto done = request->infer();
    require(done.has_value(), done ? "" : done.error().message);
    auto& heads = all.emplace_back();
    for (std::size_t head = 0; head < network.heads().size(); ++head) {
      const auto values = request->head(head);
      heads.emplace_back(values.begin(), values.end());
    }
  }
  return all;
}

const Judged& given(const char* cfg, const char* weights) {
  static const Model model = [&] {
    LoadOptions options;
    if (const int side = testing::from_environment("YOLOFLEET_GPU_HEADS_SIDE", 0); side > 0) {
      options.input_size = InputSize{side, side};
    }
    return value_of(Model::load(ModelFiles{cfg, weights, {}}, options));
  }();
  static const Judged judged = [] {
    Judged all{model.network(), {}, {}};
    const std::vector<Image> pictures = testing::test_pictures(kHeadPictures);
    require(pictures.size() == kHeadPictures, "three pictures are needed");
    for (const Image& picture : pictures) {
      Values input(static_cast<std::size_t>(all.network.input().elements()));
      ops::resize(picture.view(), all.network.input(), ops::Fit::kStretch, input);
      all.inputs.push_back(std::move(input));
    }
    all.heads = judge(all.network, all.inputs);
    return all;
  }();
  return judged;
}

class Heads : public testing::GpuTest, public ::testing::WithParamInterface<Arithmetic> {};

TEST_P(Heads, OfEveryLayerAreThePlainLoops) {
  expect_heads(made_up(), device(), GetParam());
}

class UnevenHeads : public Heads {};

TEST_P(UnevenHeads, OfEveryLayerAreThePlainLoops) {
  expect_heads(made_up_and_uneven(), device(), GetParam());
}

class GivenHeads : public Heads {};

TEST_P(GivenHeads, AreTheCpusOwn) {
  const char* const cfg = std::getenv("YOLOFLEET_GPU_HEADS_CFG");
  const char* const weights = std::getenv("YOLOFLEET_GPU_HEADS_WEIGHTS");
  if (cfg == nullptr || weights == nullptr) {
    GTEST_SKIP() << "YOLOFLEET_GPU_HEADS_CFG or YOLOFLEET_GPU_HEADS_WEIGHTS isn't set";
  }
  expect_heads(given(cfg, weights), device(), GetParam());
}

constexpr Arithmetic kFp32{"Fp32", false, false, MishKind::kPlugin};
constexpr Arithmetic kTf32{"Tf32", false, true, MishKind::kPlugin};
constexpr Arithmetic kFp16{"Fp16", true, false, MishKind::kPlugin};

std::string name_of(const ::testing::TestParamInfo<Arithmetic>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    All, Heads,
    ::testing::Values(kFp32, kTf32, kFp16,
                      Arithmetic{"Fp32NativeMish", false, false, MishKind::kNative},
                      Arithmetic{"Fp16NativeMish", true, false, MishKind::kNative}),
    name_of);

INSTANTIATE_TEST_SUITE_P(All, UnevenHeads, ::testing::Values(kFp32, kFp16), name_of);

// Engines of large networks take minutes.
INSTANTIATE_TEST_SUITE_P(All, GivenHeads, ::testing::Values(kFp32, kTf32, kFp16), name_of);

}  // namespace
}  // namespace yolofleet::backend::tensorrt
