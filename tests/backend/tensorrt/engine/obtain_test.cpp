#include "backend/tensorrt/engine/obtain.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "backend/tensorrt/engine_options.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;

graph::Network network(int filters = 3) {
  graph::Convolution convolution;
  convolution.filters = filters;
  graph::Layer layer;
  layer.operation = convolution;
  return {"net", {3, 32, 32}, false, {layer}};
}

CudaDevice device() {
  return {0, "A card", "GPU-0", 9, 0, 132, 80'000'000'000};
}

std::string key(const EngineOptions& options, const CudaDevice& of = device(),
                const std::string& version = "8.6.0") {
  const graph::Network net = network();
  return engine_key({net, of, options}, version).text;
}

TEST(EngineKey, ChangesWithEverythingAnEngineDependsOn) {
  const EngineOptions usual = testing::quick_engine_options();
  std::set<std::string> keys{key(usual)};
  const auto with = [&](auto change) {
    EngineOptions options = usual;
    change(options);
    keys.insert(key(options));
  };
  with([](EngineOptions& o) { o.half = false; });
  with([](EngineOptions& o) { o.half = false, o.tf32 = true; });
  with([](EngineOptions& o) { o.mish = MishKind::kNative; });
  with([](EngineOptions& o) { o.max_batch = 2; });
  with([](EngineOptions& o) { o.max_detections = 2; });
  with([](EngineOptions& o) { o.raw_heads = true; });
  with([](EngineOptions& o) { o.optimization_level = 5; });
  CudaDevice other = device();
  other.name = "Another card";
  keys.insert(key(usual, other));
  other = device();
  other.minor = 1;
  keys.insert(key(usual, other));
  other = device();
  other.multiprocessors = 114;
  keys.insert(key(usual, other));
  keys.insert(key(usual, device(), "8.6.1"));
  const graph::Network four = network(4);
  const CudaDevice card = device();
  keys.insert(engine_key({four, card, usual}, "8.6.0").text);
  EXPECT_EQ(keys.size(), 13U);
}

TEST(EngineKey, OfRawHeadsHasNoLimitOfDetections) {
  EngineOptions options = testing::quick_engine_options();
  options.raw_heads = true;
  const std::string before = key(options);
  options.max_detections += 1;
  EXPECT_EQ(key(options), before);
  EXPECT_THAT(before, HasSubstr("\nmax_detections 0\n"));
}

TEST(EngineKey, IsTheSameForCardsOfOneKind) {
  CudaDevice second = device();
  second.index = 1;
  second.uuid = "GPU-1";
  const EngineOptions options = testing::quick_engine_options();
  EXPECT_EQ(key(options), key(options, second));
}

TEST(EngineKey, ContainsTheBuilderRevision) {
  EXPECT_THAT(key(testing::quick_engine_options()),
              HasSubstr(fmt::format("\nbuilder {}\n", kBuilderRevision)));
}

TEST(KeepBuilt, ReportsWhyTheEngineIsntKeptWhateverElseFails) {
  const std::filesystem::path folder =
      std::filesystem::path{::testing::TempDir()} / "keep_built_cache";
  std::filesystem::remove_all(folder);
  const std::vector<std::byte> bytes(10);
  const EngineKey kept{"net", "key\n"};
  PlanReport well;
  keep_built(EngineCache{folder}, kept, bytes, bytes, well);
  EXPECT_EQ(well.file, folder / kept.file_name());
  EXPECT_EQ(well.not_kept, "");
  EXPECT_TRUE(well.warnings.empty());

  // A folder is never replaced: neither one with the engine's name nor one with the timings'.
  std::filesystem::path timing = folder / kept.file_name();
  timing.replace_extension(".timing");
  for (const std::filesystem::path& file : {folder / kept.file_name(), timing}) {
    std::filesystem::remove(file);
    std::filesystem::create_directories(file);
  }
  PlanReport report;
  keep_built(EngineCache{folder}, kept, bytes, bytes, report);
  EXPECT_TRUE(report.file.empty());
  ASSERT_EQ(report.warnings.size(), 2U);
  EXPECT_EQ(report.not_kept, report.warnings[0]);
  EXPECT_EQ(report.not_kept, (folder / kept.file_name()).string() +
                                 ": can't be written: Is a directory; the engine isn't kept");
  EXPECT_EQ(report.warnings[1],
            timing.string() + ": can't be written: Is a directory; the next build takes as long");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
