#include "graph/fitting_inputs.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "graph/make_operations.hpp"

namespace yolofleet::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Down by 4 x 2 in two steps, up by 2, and joined with the layer between.
std::vector<Operation> pyramid() {
  return {strided(2, 1), strided(2, 2), upsample(2), route({2, 0})};
}

std::vector<Shape> nearest(const std::vector<Operation>& operations, int width, int height) {
  return nearest_fitting_inputs(operations, {3, height, width});
}

TEST(NearestFittingInputs, IsTheInputItselfIfThatFits) {
  EXPECT_THAT(nearest({strided(2, 2), strided(2, 2)}, 17, 5), ElementsAre(Shape{3, 5, 17}));
  // The halves of 15 and 16 are 8.
  EXPECT_THAT(nearest(pyramid(), 15, 6), ElementsAre(Shape{3, 6, 15}));
  EXPECT_THAT(nearest(pyramid(), 16, 6), ElementsAre(Shape{3, 6, 16}));
}

TEST(NearestFittingInputs, AreTheNearestASmallerAndALargerOne) {
  // The halves of 17 and 18 are 9, that of 12 is 6, that of 19 is 10.
  EXPECT_THAT(nearest(pyramid(), 17, 6), ElementsAre(Shape{3, 6, 16}, Shape{3, 6, 19}));
  EXPECT_THAT(nearest(pyramid(), 18, 6), ElementsAre(Shape{3, 6, 19}, Shape{3, 6, 16}));
  EXPECT_THAT(nearest(pyramid(), 16, 7), ElementsAre(Shape{3, 6, 16}, Shape{3, 8, 16}));
  EXPECT_THAT(nearest(pyramid(), 17, 7), ElementsAre(Shape{3, 6, 16}, Shape{3, 8, 19}));
  EXPECT_THAT(nearest(pyramid(), 18, 7),
              ElementsAre(Shape{3, 8, 19}, Shape{3, 6, 19}, Shape{3, 6, 16}));
}

/// Whether a side that is halved five times (upwards) and doubled is the side halved four times.
bool fits_tiny(int side) {
  return (side + 15) / 16 == (side + 31) / 32 * 2;
}

/// The least sum of the differences of both sides, of all inputs that fit.
int least_distance(int width, int height) {
  constexpr int kFar = 40;
  int least = 2 * kFar;
  for (int w = width - kFar; w <= width + kFar; ++w) {
    for (int h = height - kFar; h <= height + kFar; ++h) {
      if (w > 0 && h > 0 && fits_tiny(w) && fits_tiny(h)) {
        least = std::min(least, std::abs(w - width) + std::abs(h - height));
      }
    }
  }
  return least;
}

TEST(NearestFittingInputs, AreNearestOfAllThatFit) {
  // As in YOLOv4-tiny: down by 32, up by 2, joined with what is down by 16.
  std::vector<Operation> tiny(5, Operation{strided(2, 2)});
  tiny.emplace_back(upsample(2));
  tiny.emplace_back(route({5, 3}));
  EXPECT_THAT(nearest(tiny, 301, 999),
              ElementsAre(Shape{3, 992, 305}, Shape{3, 1009, 305}, Shape{3, 992, 288}));
  for (int width = 1; width < 80; ++width) {
    for (int height = 1; height < 80; height += 7) {
      const Shape found = nearest(tiny, width, height).at(0);
      EXPECT_EQ(std::abs(found.width - width) + std::abs(found.height - height),
                least_distance(width, height))
          << width << 'x' << height;
    }
  }
}

TEST(NearestFittingInputs, IsOneAtTheEndsOfTheRange) {
  EXPECT_THAT(nearest(pyramid(), 1, 6), ElementsAre(Shape{3, 6, 3}));
  EXPECT_THAT(nearest({Reorg{3, false}}, 16384, 1023), ElementsAre(Shape{3, 1023, 16383}));
}

TEST(NearestFittingInputs, FollowsReorgsAndShortcuts) {
  EXPECT_THAT(nearest({strided(2, 2), Reorg{2, false}}, 9, 8),
              ElementsAre(Shape{3, 8, 8}, Shape{3, 8, 11}));
  Shortcut shortcut;
  shortcut.from = {0};
  EXPECT_THAT(nearest({strided(2, 2), strided(2, 2), upsample(2), shortcut}, 10, 8),
              ElementsAre(Shape{3, 8, 11}, Shape{3, 8, 8}));
}

TEST(NearestFittingInputs, IsLargeEnoughForAKernel) {
  Convolution unpadded = strided(1, 1, 21);
  unpadded.padding = 0;
  EXPECT_THAT(nearest({strided(4, 4), unpadded}, 79, 90), ElementsAre(Shape{3, 90, 81}));
}

TEST(NearestFittingInputs, AreNoneIfAnotherSizeDoesntHelp) {
  Convolution grouped = strided(2, 2);
  grouped.groups = 2;
  EXPECT_THAT(nearest({grouped}, 17, 17), IsEmpty());
  EXPECT_THAT(nearest({strided(1, 1), strided(2, 2), route({0, 1})}, 64, 64), IsEmpty());
}

TEST(NearestFittingInputs, DontTakeLongWithHugeStrides) {
  std::vector<Operation> many(4000, Operation{strided(2, 2)});
  many.emplace_back(route({0, 100}));
  EXPECT_THAT(nearest(many, 16384, 16384), IsEmpty());
}

}  // namespace
}  // namespace yolofleet::graph
