#include "backend/tensorrt/opening.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ops/nms_cuda.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

TEST(EngineOptions, AreThoseOfTheUser) {
  Options options;
  options.precision = Precision::kTf32;
  options.mish = Mish::kPlugin;
  options.batch = 7;
  options.max_detections = 11;
  options.build_level = 2;
  const EngineOptions engine = engine_options(options).value();
  EXPECT_FALSE(engine.half);
  EXPECT_TRUE(engine.tf32);
  EXPECT_EQ(engine.mish, MishKind::kPlugin);
  EXPECT_EQ(engine.max_batch, 7);
  EXPECT_EQ(engine.max_detections, 11);
  EXPECT_EQ(engine.optimization_level, 2);
  EXPECT_FALSE(engine.raw_heads);
  EXPECT_STREQ(precision_name(engine), "tf32");
}

TEST(EngineOptions, ByDefaultAreHalfPrecisionAndBatchesOf16) {
  const EngineOptions engine = engine_options({}).value();
  EXPECT_TRUE(engine.half);
  EXPECT_EQ(engine.mish, MishKind::kNative);
  EXPECT_EQ(engine.max_batch, 16);
  EXPECT_EQ(engine.max_detections, ops::kMostCandidates);
  EXPECT_STREQ(precision_name(engine), "fp16");
}

TEST(EngineOptions, AskForNoMoreDetectionsThanThereCanBe) {
  Options options;
  options.max_detections = ops::kMostCandidates + 1;
  EXPECT_EQ(engine_options(options).value().max_detections, ops::kMostCandidates);
}

TEST(EngineOptions, RefuseAPrecisionOfCpus) {
  Options options;
  options.precision = Precision::kBf16;
  const auto engine = engine_options(options);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(engine.error().message, "GPUs compute in fp16, tf32 or fp32 here; bf16 is for the CPU");
}

TEST(Opening, SeesAnUnwritableCacheBeforeAnythingIsBuilt) {
  Options options;
  options.engine_cache = (std::filesystem::path{::testing::TempDir()} / "no_folder").string();
  std::ofstream{options.engine_cache} << "a file where the folder would be";
  const graph::Network network{"net", {3, 32, 32}, false, {}};
  const CudaDevice card{0, "Big", "GPU-0", 9, 0, 132, 80'000'000'000};
  const auto opening = Opening::make(card, {network, options}, {.must_keep = true});
  ASSERT_FALSE(opening);
  EXPECT_EQ(opening.error().code, ErrorCode::kIo);
  EXPECT_THAT(opening.error().message,
              ::testing::StartsWith(options.engine_cache + ": can't be made: "));
  std::filesystem::remove(options.engine_cache);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
