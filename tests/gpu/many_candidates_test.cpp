// Suppression among many candidates, in few classes and in many, against the CPU, bit by bit: all
// numbers are sums of few powers of two, so that both sides compute without rounding.

#include <chrono>
#include <iostream>
#include <numeric>

#include "gpu/detection_cases.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kRows = 160;
constexpr int kColumns = 128;
constexpr int kCells = kRows * kColumns;

/// A batch of which picture p has `candidates[p]` candidates in random cells, with confidences that
/// all differ, in random classes. A box covers 1 to 5 columns and 3 to 13 rows of cells.
Case crowds(const std::vector<int>& candidates, int classes) {
  Case one;
  one.input = {3, 512, 1024};
  one.pictures.assign(kBatch, {1.0F, 1.0F, 0.0F, 0.0F, 1024.0F, 512.0F});
  one.nms.max_detections = kMostCandidates;
  graph::Head form;
  form.anchors = {{16, 16}};
  form.classes = classes;
  form.new_coords = true;
  const auto planes = static_cast<std::size_t>(5 + classes);
  Head head{form, {5 + classes, kRows, kColumns}, std::vector<float>(kBatch * planes * kCells)};
  std::mt19937 random{static_cast<unsigned>(classes)};
  std::vector<std::size_t> cells(kCells);
  std::iota(cells.begin(), cells.end(), std::size_t{0});
  for (std::size_t p = 0; p < kBatch; ++p) {
    float* const raw = head.raw.data() + p * planes * kCells;
    std::shuffle(cells.begin(), cells.end(), random);
    for (std::size_t i = 0; i < static_cast<std::size_t>(candidates.at(p)); ++i) {
      const auto number = [&](std::size_t plane) -> float& {
        return raw[plane * kCells + cells[i]];
      };
      number(0) = static_cast<float>(random() % 64) / 64;
      number(1) = static_cast<float>(random() % 64) / 64;
      number(2) = static_cast<float>(6 + random() % 8) / 16;
      number(3) = static_cast<float>(6 + random() % 8) / 16;
      number(4) = 1;
      number(5 + random() % static_cast<unsigned>(classes)) =
          0.25F + static_cast<float>(1 + (i * 4243) % 32768) / 65536;
    }
  }
  one.heads.push_back(std::move(head));
  return one;
}

class ManyCandidatesCuda : public testing::GpuTest {
 protected:
  /// Returns the most detections of a picture before the limit.
  std::size_t expect_the_cpus(const Case& one) const {
    const std::vector<Found> gpu = on_gpu(device(), one);
    const std::vector<Found> cpu = on_cpu(one);
    std::size_t most = 0;
    for (std::size_t p = 0; p < kBatch; ++p) {
      EXPECT_EQ(gpu[p].candidates, cpu[p].candidates);
      EXPECT_EQ(gpu[p].kept, cpu[p].kept);
      EXPECT_TRUE(gpu[p].detections == cpu[p].detections) << "picture " << p;
      most = std::max(most, gpu[p].kept);
    }
    return most;
  }
};

// Small enough for compute-sanitizer: classes for a warp and for a whole block, in shared and in
// global memory.
TEST_F(ManyCandidatesCuda, AWarpOrTheWholeBlockTakesAClass) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  for (const int classes : {1, 9}) {
    Case one = crowds({1500, 4097, 0}, classes);
    one.thresholds.nms = 0.2F;
    EXPECT_GT(expect_the_cpus(one), 300U);
  }
}

TEST_F(ManyCandidatesCuda, AreTheCpusInFewClassesAndInMany) {
  for (const int classes : {1, 2, 12, 80}) {
    for (const float threshold : {0.2F, 0.45F}) {
      SCOPED_TRACE(std::to_string(classes) + " classes, over " + std::to_string(threshold));
      for (const auto& candidates :
           {std::vector{4096, 5000, 300}, std::vector{16383, 16384, 20000}}) {
        Case one = crowds(candidates, classes);
        one.thresholds.nms = threshold;
        EXPECT_GT(expect_the_cpus(one), 1000U);
      }
    }
  }
}

TEST_F(ManyCandidatesCuda, MoreThanTheRoomAreCountedAndTheStrongestStay) {
  Case one = crowds({20000, 16385, 16384}, 20);
  one.thresholds.nms = 2.0F;
  const std::vector<Found> gpu = on_gpu(device(), one);
  EXPECT_EQ(gpu[0].candidates, 20000U);
  EXPECT_EQ(gpu[1].candidates, 16385U);
  EXPECT_EQ(gpu[2].candidates, 16384U);
  for (const Found& found : gpu) {
    EXPECT_EQ(found.kept, std::size_t{kMostCandidates});
  }
  expect_the_cpus(one);
}

TEST_F(ManyCandidatesCuda, TheLimitCutsTheWeakestAndCountsThem) {
  Case one = crowds({16384, 5000, 1000}, 80);
  one.nms.max_detections = 300;
  for (const Found& found : on_gpu(device(), one)) {
    EXPECT_EQ(found.detections.size(), 300U);
    EXPECT_GT(found.kept, 300U);
  }
  expect_the_cpus(one);
}

TEST_F(ManyCandidatesCuda, AFullClassTakesNoSeconds) {
  Case one = crowds({16384, 16384, 16384}, 1);
  one.thresholds.nms = 1.0F;  // every pair is compared
  on_gpu(device(), one);
  const auto begin = std::chrono::steady_clock::now();
  on_gpu(device(), one);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << "16,384 candidates of one class, with all copies: " << took.count() << " s\n";
  EXPECT_LT(took.count(), 1.0);
}

}  // namespace
}  // namespace yolofleet::ops
