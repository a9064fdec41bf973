#include <xxhash.h>

#include <iostream>

#include "gpu/lane_fixture.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::from_environment;
using testing::kBatch;
using testing::mixed_pictures;
using testing::views_of;
using testing::WaitingLane;

class CudaLaneTest : public testing::GpuTest {};

TEST_F(CudaLaneTest, APictureGivesTheSameWhateverItsBatch) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  WaitingLane lane{device(), kBatch, 2};
  const std::vector<Image> pictures = mixed_pictures(kBatch);
  const std::vector<ImageView> views = views_of(pictures);
  const auto together = lane.run(views);
  std::size_t detections = 0;
  std::size_t different = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    ASSERT_FALSE(together[i].error) << together[i].error->message;
    detections += together[i].detections.size();
    for (const std::size_t count : {1U, 2U, 3U, 5U}) {
      std::vector<ImageView> some(count, views[i]);
      for (const PictureResult& alone : lane.run(some)) {
        different += alone.detections != together[i].detections;
      }
    }
  }
  std::cout << detections << " detections in " << views.size() << " pictures; " << different
            << " results differ\n";
  EXPECT_GT(detections, 0U);
  EXPECT_EQ(different, 0U);
}

TEST_F(CudaLaneTest, ABatchMayHaveThresholdsOfItsOwn) {
  WaitingLane lane{device(), kBatch, 1};
  const std::vector<Image> pictures = mixed_pictures(kBatch);
  const std::vector<ImageView> views = views_of(pictures);
  const auto total = [](const std::vector<PictureResult>& results) {
    std::size_t detections = 0;
    for (const PictureResult& result : results) {
      EXPECT_FALSE(result.error);
      detections += result.detections.size();
    }
    return detections;
  };
  const auto own = lane.run(views);
  EXPECT_GT(total(own), 0U);
  EXPECT_EQ(total(lane.run(views, ops::Thresholds{1.0F, 0.45F})), 0U);
  EXPECT_GE(total(lane.run(views, ops::Thresholds{0.0001F, 2.0F})), total(own));
  const auto again = lane.run(views);
  for (std::size_t i = 0; i < views.size(); ++i) {
    EXPECT_EQ(again[i].detections, own[i].detections) << "the lane's own thresholds are back";
  }
}

TEST_F(CudaLaneTest, AResultCountsWhatTheLimitCut) {
  if (std::getenv("YOLOFLEET_GPU_MODEL") != nullptr) {
    GTEST_SKIP() << "counts the objects of the made-up model";
  }
  Image white{64, 64};
  std::fill(white.pixels().begin(), white.pixels().end(), std::uint8_t{255});
  const Image black{64, 64};
  for (const auto& [limit, found] : {std::pair{10, 10U}, std::pair{16, 16U}, std::pair{300, 16U},
                                     std::pair{ops::kMostCandidates, 16U}}) {
    EngineOptions engine = WaitingLane::with_batch(4);
    engine.max_detections = limit;
    WaitingLane lane{device(), engine, 1};
    const auto results = lane.run({white.view(), black.view(), white.view()});
    for (const std::size_t i : {0U, 2U}) {
      EXPECT_EQ(results[i].detections.size(), found);
      EXPECT_EQ(results[i].detections_cut, 16U - found);
      EXPECT_EQ(results[i].candidates_dropped, 0U);
    }
    EXPECT_TRUE(results[1].detections.empty());
    EXPECT_EQ(results[1].detections_cut, 0U);
  }
}

XXH64_hash_t digest_of_run(WaitingLane& lane, const std::vector<ImageView>& views, int batches) {
  XXH64_hash_t sum = 0;
  for (int i = 0; i < batches; i += 100) {
    for (int j = 0; j < 100; ++j) {
      const std::size_t first = static_cast<std::size_t>(i + j) % (views.size() - kBatch);
      lane.submit({views.begin() + static_cast<std::ptrdiff_t>(first),
                   views.begin() + static_cast<std::ptrdiff_t>(first + kBatch)});
    }
    for (const auto& batch : lane.wait()) {
      XXH64_hash_t one = 0;
      for (const PictureResult& result : batch) {
        for (const Detection& detection : result.detections) {
          one = XXH3_64bits_withSeed(&detection, sizeof detection, one);
        }
      }
      sum += one;  // slots may finish in any order
    }
  }
  return sum;
}

TEST_F(CudaLaneTest, ManyBatchesTwiceGiveTheSameDigest) {
  const int batches = from_environment("YOLOFLEET_SOAK_BATCHES", 500);
  WaitingLane lane{device(), kBatch, 3};
  const std::vector<Image> pictures = mixed_pictures(40);
  const std::vector<ImageView> views = views_of(pictures);
  const XXH64_hash_t first = digest_of_run(lane, views, batches);
  std::cout << "digest " << first << " of " << batches << " batches\n";
  EXPECT_EQ(first, digest_of_run(lane, views, batches)) << batches << " batches";
  EXPECT_NE(first, 0U);
}

TEST_F(CudaLaneTest, MemoryStaysFlat) {
  const int batches = from_environment("YOLOFLEET_SOAK_BATCHES", 500) * 5;
  WaitingLane lane{device(), kBatch, 3};
  const std::vector<Image> pictures = mixed_pictures(40);
  const std::vector<ImageView> views = views_of(pictures);
  digest_of_run(lane, views, 200);
  const std::size_t host = testing::resident_bytes();
  const std::size_t free = cuda::free_bytes(device());
  digest_of_run(lane, views, batches);
  const auto host_growth =
      static_cast<double>(testing::resident_bytes()) - static_cast<double>(host);
  std::cout << batches << " batches of " << kBatch << ": host memory grew by "
            << host_growth / 1048576 << " MiB, device memory by "
            << static_cast<double>(free) - static_cast<double>(cuda::free_bytes(device()))
            << " bytes\n";
  EXPECT_LT(host_growth, 4.0 * 1048576);
  EXPECT_EQ(cuda::free_bytes(device()), free);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
