// A network that is too large for TensorRT in batches of 16: built ahead, and opened.

#include <gmock/gmock.h>

#include <filesystem>

#include "backend/prepare.hpp"
#include "backend/test_network.hpp"
#include "gpu/devices.hpp"
#include "gpu/open.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Its first layer gives 2^27 values a picture.
graph::Network large_network() {
  TestNetwork built({3, 2048, 2048});
  built.convolution(32);
  graph::Convolution cells;
  cells.filters = 6;
  cells.size = 32;
  cells.stride_x = cells.stride_y = 32;
  built.convolution(cells);
  built.head();
  return built.network();
}

class TooLarge : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    folder_ = std::filesystem::path{::testing::TempDir()} / "too_large_engines";
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  CudaDevice card() const {
    return list_cuda_devices().value().at(static_cast<std::size_t>(device()));
  }
  Options options(int batch) const {
    Options options;
    options.batch = batch;
    options.slots = 1;
    options.build_level = 0;
    options.engine_cache = folder_.string();
    return options;
  }
  Result<std::unique_ptr<Lane>> open(const graph::Network& network, const Options& with) {
    warnings_.clear();
    const CudaDevice card = this->card();
    return testing::open_lane_on(
        card, {network, with}, [](const auto&, const auto&) {}, warnings_);
  }

  std::filesystem::path folder_;
  std::vector<std::string> warnings_;
};

TEST_F(TooLarge, IsSaidForTheBatchThatWasAskedFor) {
  const graph::Network network = large_network();
  const Devices cards{testing::gpu_device(device())};
  const auto words =
      AllOf(HasSubstr("layer 0 [convolutional], line 10 of the cfg: a tensor of "
                      "134217728 values per picture exceeds TensorRT's limit of 2147483647 "
                      "values in batches of up to 16"),
            HasSubstr("batches of up to 15 fit"));
  const auto ahead = prepare_all(cards, {network, options(16)});
  ASSERT_FALSE(ahead);
  EXPECT_EQ(ahead.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(ahead.error().message, words);
  const auto lane = open(network, options(16));
  ASSERT_FALSE(lane);
  EXPECT_EQ(lane.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(lane.error().message, words);
}

TEST_F(TooLarge, SmallerBatchesAreBuiltAheadAndFound) {
  const graph::Network network = large_network();
  const Devices cards{testing::gpu_device(device()), testing::gpu_device(device())};
  const auto smaller = ElementsAre(HasSubstr("; trying batches of up to 8"));
  const auto ahead = prepare_all(cards, {network, options(0)});
  ASSERT_TRUE(ahead) << ahead.error().message;
  EXPECT_THAT(ahead->warnings, smaller) << "once for both";
  EXPECT_TRUE(ahead->engines.at(0).built);
  EXPECT_FALSE(ahead->engines.at(1).built);

  Options found = options(0);
  bool built = false;
  found.on_build = [&](const BuildProgress& progress) {
    built |= progress.done && !progress.failed;
  };
  const auto lane = open(network, found);
  ASSERT_TRUE(lane) << lane.error().message;
  EXPECT_EQ((*lane)->info().batch, 8U);
  EXPECT_EQ((*lane)->info().kind, ahead->engines.at(0).file.string());
  EXPECT_THAT(warnings_, smaller);
  EXPECT_FALSE(built);
}

TEST_F(TooLarge, TooManyHeadsAreRefusedByBoth) {
  TestNetwork many({3, 8, 8});
  many.convolution(6);
  for (int i = 0; i < 9; ++i) {
    many.head();
  }
  const graph::Network network = many.network();
  const Devices cards{testing::gpu_device(device())};
  for (const int batch : {0, 1}) {
    const auto ahead = prepare_all(cards, {network, options(batch)});
    ASSERT_FALSE(ahead);
    EXPECT_EQ(ahead.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(ahead.error().message, HasSubstr("heads"));
    const auto lane = open(network, options(batch));
    ASSERT_FALSE(lane);
    EXPECT_EQ(lane.error().message, ahead.error().message);
    EXPECT_THAT(warnings_, IsEmpty());
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
