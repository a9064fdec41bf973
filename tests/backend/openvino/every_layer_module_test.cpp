#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "backend/cpu/module_loader.hpp"
#include "backend/every_layer_model.hpp"
#include "backend/head_difference.hpp"
#include "backend/reference_network.hpp"
#include "graph/network.hpp"

namespace yolofleet::backend {
namespace {

class EveryLayerModule : public ::testing::TestWithParam<InputSize> {};

TEST_P(EveryLayerModule, GivesWhatThePlainLoopsGive) {
  LoadOptions options;
  options.input_size = GetParam();
  const Model model =
      Model::load(write_every_layer_model(std::filesystem::path{::testing::TempDir()} /
                                          "every-layer-module"),
                  options)
          .value();
  const auto module = cpu::load_module();
  ASSERT_TRUE(module) << module.error().message;
  const auto executor = (*module)->compile(model.network(), {Precision::kFp32, 1, 1});
  ASSERT_TRUE(executor) << executor.error().message;
  const auto request = (*executor)->create_request();
  ASSERT_TRUE(request) << request.error().message;
  std::mt19937 random{3};
  std::uniform_real_distribution<float> values{0.0F, 1.0F};
  std::vector<float> input((*request)->input().size());
  std::generate(input.begin(), input.end(), [&] { return values(random); });
  std::copy(input.begin(), input.end(), (*request)->input().begin());
  const auto done = (*request)->infer();
  ASSERT_TRUE(done) << done.error().message;
  const auto outputs = run_reference(model.network(), input);
  const auto heads = model.network().heads();
  for (std::size_t head = 0; head < heads.size(); ++head) {
    EXPECT_LT(relative_difference((*request)->head(head), outputs[heads[head]]),
              kFloatHeadTolerance)
        << head;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, EveryLayerModule,
                         ::testing::Values(InputSize{96, 64}, kUnevenInputSize));

}  // namespace
}  // namespace yolofleet::backend
