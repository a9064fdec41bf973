#include "backend/tensorrt/engine/build_ahead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CudaDevice card(int index, const std::string& name, int multiprocessors = 132) {
  return {index, name, "GPU-" + std::to_string(index), 9, 0, multiprocessors, 80'000'000'000};
}

TEST(GroupByKind, OneBuildForAllCardsOfAKind) {
  const std::vector<CudaDevice> cards{card(0, "Big"), card(1, "Small"), card(2, "Big"),
                                      card(3, "Small"), card(4, "Big")};
  EXPECT_THAT(group_by_kind(cards), ElementsAre(ElementsAre(0, 2, 4), ElementsAre(1, 3)));
}

TEST(GroupByKind, TheNameAloneIsNoKind) {
  const std::vector<CudaDevice> cards{card(0, "Big"), card(1, "Big", 114)};
  EXPECT_THAT(group_by_kind(cards), ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(GroupByKind, CountsPlacesInTheListNotDevices) {
  const std::vector<CudaDevice> cards{card(5, "Big"), card(2, "Big")};
  EXPECT_THAT(group_by_kind(cards), ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(group_by_kind({}), IsEmpty());
}

Error refusal(const Options& options) {
  const std::vector<CudaDevice> cards{card(0, "Big")};
  const graph::Network network{"net", {3, 32, 32}, false, {}};
  const auto built = build_ahead(network, cards, options);
  return built ? Error{ErrorCode::kInternal, "built"} : built.error();
}

TEST(BuildAhead, AnUnwritableCacheIsSeenBeforeAnythingIsBuilt) {
  Options options;
  options.engine_cache = (std::filesystem::path{::testing::TempDir()} / "no_folder").string();
  std::ofstream{options.engine_cache} << "a file where the folder would be";
  const Error error = refusal(options);
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.message, ::testing::StartsWith(options.engine_cache + ": can't be made: "));
  std::filesystem::remove(options.engine_cache);
}

TEST(BuildAhead, APrecisionOfCpusIsRefused) {
  Options options;
  options.precision = Precision::kBf16;
  const Error error = refusal(options);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.message, "GPUs compute in fp16, tf32 or fp32 here; bf16 is for the CPU");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
