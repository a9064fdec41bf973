#include "graph/operations.hpp"

#include <gtest/gtest.h>

namespace yolofleet::graph {
namespace {

TEST(KindOf, IsTheSectionsName) {
  EXPECT_EQ(kind_of(Convolution{}), "convolutional");
  EXPECT_EQ(kind_of(Route{}), "route");
  EXPECT_EQ(kind_of(Shortcut{}), "shortcut");
  EXPECT_EQ(kind_of(MaxPool{}), "maxpool");
  EXPECT_EQ(kind_of(DepthMaxPool{}), "maxpool");
  EXPECT_EQ(kind_of(LocalAvgPool{}), "local_avgpool");
  EXPECT_EQ(kind_of(AvgPool{}), "avgpool");
  EXPECT_EQ(kind_of(Upsample{}), "upsample");
  EXPECT_EQ(kind_of(Reorg{2, true}), "reorg");
  EXPECT_EQ(kind_of(Reorg{2, false}), "reorg3d");
  EXPECT_EQ(kind_of(ScaleChannels{}), "scale_channels");
  EXPECT_EQ(kind_of(Sam{}), "sam");
  EXPECT_EQ(kind_of(Dropout{}), "dropout");
  EXPECT_EQ(kind_of(Contrastive{}), "contrastive");
  EXPECT_EQ(kind_of(Head{}), "yolo");
  Head head;
  head.kind = HeadKind::kGaussianYolo;
  EXPECT_EQ(kind_of(head), "Gaussian_yolo");
  head.kind = HeadKind::kRegion;
  EXPECT_EQ(kind_of(head), "region");
}

TEST(Describe, Convolution) {
  Convolution op;
  op.filters = 64;
  op.size = 3;
  op.stride_x = op.stride_y = 2;
  op.activation = Activation::kMish;
  EXPECT_EQ(describe(op), "64 3x3/2 mish");
  op.stride_y = 1;
  op.dilation = 2;
  op.groups = 8;
  EXPECT_EQ(describe(op), "64 3x3/2x1 dilation 2 groups 8 mish");
  op.share_index = 7;
  EXPECT_EQ(describe(op), "64 3x3/2x1 dilation 2 groups 8 mish weights of 7");
}

TEST(Describe, WhatReadsOtherLayers) {
  Route route;
  route.layers = {3, 7};
  EXPECT_EQ(describe(route), "layers 3,7");
  route.groups = 2;
  route.group_id = 1;
  EXPECT_EQ(describe(route), "layers 3,7 group 1/2");

  Shortcut shortcut;
  shortcut.from = {4};
  EXPECT_EQ(describe(shortcut), "from 4");
  shortcut.from = {4, 2};
  shortcut.activation = Activation::kLeaky;
  shortcut.weights_type = ShortcutWeights::kPerFeature;
  shortcut.normalization = WeightsNormalization::kSoftmax;
  EXPECT_EQ(describe(shortcut), "from 4,2 leaky weights per_feature softmax");
  shortcut.weights_type = ShortcutWeights::kPerChannel;
  shortcut.normalization = WeightsNormalization::kRelu;
  EXPECT_EQ(describe(shortcut), "from 4,2 leaky weights per_channel relu");

  ScaleChannels scale;
  scale.from = 5;
  EXPECT_EQ(describe(scale), "from 5");
  scale.scale_wh = true;
  scale.activation = Activation::kRelu;
  EXPECT_EQ(describe(scale), "from 5 scale_wh relu");

  Sam sam;
  sam.from = 6;
  EXPECT_EQ(describe(sam), "from 6");
}

TEST(Describe, TheRest) {
  MaxPool pool;
  pool.size = 5;
  pool.stride_x = pool.stride_y = 1;
  EXPECT_EQ(describe(pool), "5x5/1");
  EXPECT_EQ(describe(DepthMaxPool{4}), "depth 4");
  EXPECT_EQ(describe(LocalAvgPool{3, 2, 1, 2}), "3x3/2x1");
  EXPECT_EQ(describe(AvgPool{}), "");
  EXPECT_EQ(describe(Dropout{}), "");
  EXPECT_EQ(describe(Reorg{2, true}), "/2");
  Upsample upsample;
  EXPECT_EQ(describe(upsample), "2x");
  upsample.scale = 0.5F;
  EXPECT_EQ(describe(upsample), "2x scale 0.5");
  Head yolo;
  yolo.mask = {0, 1, 2};
  EXPECT_EQ(describe(yolo), "mask 0,1,2");
}

}  // namespace
}  // namespace yolofleet::graph
