#include "backend/tensorrt/build_ahead.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace yolofleet::backend::tensorrt
