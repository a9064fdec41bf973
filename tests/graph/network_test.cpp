#include "graph/network.hpp"

#include <gtest/gtest.h>

namespace yolofleet::graph {
namespace {

Layer head_of(int classes) {
  Head head;
  head.classes = classes;
  Layer layer;
  layer.operation = head;
  return layer;
}

TEST(Network, CountsHeadsClassesAndCosts) {
  Layer convolution;
  convolution.operation = Convolution{};
  convolution.parameters = 10;
  convolution.flops = 1000;
  const Network network{
      "n", {3, 32, 64}, true, {convolution, head_of(2), convolution, head_of(80)}};
  EXPECT_EQ(network.name(), "n");
  EXPECT_EQ(network.input(), (Shape{3, 32, 64}));
  EXPECT_TRUE(network.letterbox());
  EXPECT_EQ(network.heads(), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(network.class_count(), 80);
  EXPECT_EQ(network.parameters(), 20);
  EXPECT_EQ(network.flops(), 2000);
}

TEST(Network, OfNothingHasNothing) {
  const Network network;
  EXPECT_TRUE(network.heads().empty());
  EXPECT_EQ(network.class_count(), 0);
  EXPECT_EQ(network.parameters(), 0);
  EXPECT_EQ(network.flops(), 0);
}

}  // namespace
}  // namespace yolofleet::graph
