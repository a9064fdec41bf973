#include "yolofleet/edit_distance.hpp"

#include <gtest/gtest.h>

#include <string>

namespace yolofleet {
namespace {

TEST(EditDistance, CountsInsertedRemovedAndReplacedBytes) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("yolo", "yolo"), 0U);
  EXPECT_EQ(edit_distance("", "yolo"), 4U);
  EXPECT_EQ(edit_distance("yolo", ""), 4U);
  EXPECT_EQ(edit_distance("filter", "filters"), 1U);
  EXPECT_EQ(edit_distance("sizze", "size"), 1U);
  EXPECT_EQ(edit_distance("stride", "strode"), 1U);
  EXPECT_EQ(edit_distance("detetc", "detect"), 2U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, ComparesTheFirst64Bytes) {
  const std::string same(64, 'a');
  EXPECT_EQ(edit_distance(same + "b", same + "cd"), 0U);
  EXPECT_EQ(edit_distance(std::string(1'000'000, 'a'), ""), 64U);
}

}  // namespace
}  // namespace yolofleet
