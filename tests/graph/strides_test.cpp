#include "graph/strides.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "graph/make_operations.hpp"

namespace yolofleet::graph {
namespace {

MaxPool pool(int stride) {
  MaxPool op;
  op.stride_x = op.stride_y = stride;
  return op;
}

std::pair<std::int64_t, std::int64_t> largest(const std::vector<Operation>& operations) {
  const LargestStride stride = largest_stride(operations);
  return {stride.x, stride.y};
}

using Pair = std::pair<std::int64_t, std::int64_t>;

TEST(LargestStride, MultipliesConvolutionsAndPools) {
  EXPECT_EQ(largest({strided(2, 2), pool(2), strided(1, 1)}), (Pair{4, 4}));
  EXPECT_EQ(largest({strided(2, 1), strided(2, 3)}), (Pair{4, 3}));
}

TEST(LargestStride, MultipliesLocalAveragesButNotMaximaOverChannels) {
  EXPECT_EQ(largest({strided(2, 2), LocalAvgPool{4, 4, 2, 3}, DepthMaxPool{1}}), (Pair{8, 4}));
}

TEST(LargestStride, MultipliesReorgs) {
  EXPECT_EQ(largest({strided(2, 3), Reorg{2, true}, Reorg{3, false}}), (Pair{12, 18}));
}

TEST(LargestStride, FollowsRoutesAndUpsampling) {
  // 8, then back to 4 from the upsampling, then 2 from the first layer and its 6.
  EXPECT_EQ(largest({strided(2, 2), strided(4, 4), upsample(2), route({0}), strided(3, 3)}),
            (Pair{8, 8}));
}

TEST(LargestStride, IsThePlaceWhereAllIsWholeEvenAfterAFractionalUpsampling) {
  // 3, then 3/2, then 9/2: only multiples of 9 give whole sizes everywhere.
  EXPECT_EQ(largest({strided(3, 3), upsample(2), strided(3, 3)}), (Pair{9, 9}));
}

TEST(LargestStride, LeavesOutWhatIsBehindAnAveragePooling) {
  ScaleChannels scale;
  scale.from = 0;
  // Squeeze and excitation: the scaled layer has the size of layer 0, so the stride ends at 4.
  EXPECT_EQ(largest({strided(2, 2), AvgPool{}, strided(1, 1), scale, strided(2, 2)}), (Pair{4, 4}));
}

TEST(LargestStride, OfNothingIsOne) {
  EXPECT_EQ(largest({}), (Pair{1, 1}));
}

TEST(LargestStride, StopsGrowingBeforeItOverflows) {
  const std::vector<Operation> many(1000, strided(1023, 1023));
  EXPECT_EQ(largest(many), (Pair{1 << 24, 1 << 24}));
}

}  // namespace
}  // namespace yolofleet::graph
