#include "graph/fitting_inputs.hpp"

#include <gmock/gmock.h>

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

TEST(NearestFittingInputs, IsASmallerAndALargerOne) {
  // The halves of 17 and 18 are 9, that of 12 is 6, that of 19 is 10.
  EXPECT_THAT(nearest(pyramid(), 17, 6), ElementsAre(Shape{3, 6, 16}, Shape{3, 6, 19}));
  EXPECT_THAT(nearest(pyramid(), 18, 6), ElementsAre(Shape{3, 6, 16}, Shape{3, 6, 19}));
  EXPECT_THAT(nearest(pyramid(), 16, 7), ElementsAre(Shape{3, 6, 16}, Shape{3, 8, 16}));
  EXPECT_THAT(nearest(pyramid(), 17, 7), ElementsAre(Shape{3, 6, 16}, Shape{3, 8, 19}));
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
              ElementsAre(Shape{3, 8, 8}, Shape{3, 8, 11}));
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
