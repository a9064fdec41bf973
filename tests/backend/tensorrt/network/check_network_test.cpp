#include "backend/tensorrt/network/check_network.hpp"

#include <gmock/gmock.h>

#include "backend/tensorrt/engine_options.hpp"
#include "backend/test_network.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;

/// Layers of 64 x 64 pixels with 24, 48 and 8 channels, so that the middle one has the most values:
/// 48 x 64 x 64 = 196,608 per picture.
graph::Network wide_network() {
  TestNetwork built({3, 64, 64});
  built.convolution(24);
  built.convolution(48);
  built.convolution(8);
  built.head();
  return built.network();
}

EngineOptions batches_of(int batch) {
  EngineOptions options = testing::quick_engine_options();
  options.max_batch = batch;
  return options;
}

TEST(CheckNetwork, ALayerWithTooManyValuesForTheBatchIsNamed) {
  constexpr int kMost = 10922;  // 2^31 - 1 by 196,608
  EXPECT_TRUE(check_network(wide_network(), batches_of(1)));
  EXPECT_TRUE(check_network(wide_network(), batches_of(kMost)));
  const auto refused = check_network(wide_network(), batches_of(kMost + 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(refused.error().message,
            "test: layer 1 [convolutional], line 20 of the cfg: a tensor of 196608 values per "
            "picture exceeds TensorRT's limit of 2147483647 values in batches of up to 10923; "
            "batches of up to 10922 fit");
}

TEST(CheckNetwork, TheInputCountsToo) {
  TestNetwork built({64, 64, 64});
  built.convolution(6);
  built.head();
  const auto refused = check_network(built.network(), batches_of(8192));  // 2^31
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("test: layer 0 [convolutional], line 10"));
  EXPECT_TRUE(check_network(built.network(), batches_of(8191)));
}

TEST(CheckNetwork, TheChannelsThatFillUpTheLastBlockOfAMaximumCountToo) {
  TestNetwork built({9, 64, 64});
  built.add(graph::DepthMaxPool{8});  // 16 channels in two blocks
  built.head();
  EXPECT_TRUE(check_network(built.network(), batches_of(32767)));
  const auto refused = check_network(built.network(), batches_of(32768));  // 2^31
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("test: layer 0 [maxpool], line 10 of the cfg: a tensor of 65536"));
}

TEST(CheckNetwork, TheTensorBetweenALayerAndItsBlurCountsToo) {
  TestNetwork convolved({3, 64, 64});
  graph::Convolution convolution;
  convolution.filters = 48;
  convolution.size = 3;
  convolution.dilation = 2;
  convolution.padding = 4;  // 68 x 68 before the blur, 34 x 34 behind it
  convolution.stride_x = convolution.stride_y = 2;
  convolution.blur = graph::kBinomialBlur;
  convolved.convolution(convolution);
  convolved.convolution(6);
  convolved.head();
  EXPECT_TRUE(check_network(convolved.network(), batches_of(9675)));  // 2^31 - 1 by 221,952
  const auto refused = check_network(convolved.network(), batches_of(9676));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("test: layer 0 [convolutional], line 10 of the cfg: a tensor of 221952"));

  TestNetwork pooled({24, 63, 63});
  graph::MaxPool pool;
  pool.size = 2;
  pool.padding = 2;  // 64 x 64 before the blur
  pool.blur = graph::kBinomialBlur;
  pooled.add(pool);
  pooled.convolution(6);
  pooled.head();
  EXPECT_TRUE(check_network(pooled.network(), batches_of(21845)));  // 2^31 - 1 by 98,304
  EXPECT_FALSE(check_network(pooled.network(), batches_of(21846)));
}

TEST(CheckNetwork, TooManyHeadsAreRefused) {
  TestNetwork built({3, 8, 8});
  built.convolution(6);
  for (int i = 0; i < 9; ++i) {
    built.head();
  }
  const auto refused = check_network(built.network(), batches_of(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("heads"));
  EngineOptions raw = batches_of(1);
  raw.raw_heads = true;
  EXPECT_TRUE(check_network(built.network(), raw));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
