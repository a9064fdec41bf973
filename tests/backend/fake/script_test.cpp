#include "backend/fake/script.hpp"

#include <gtest/gtest.h>

namespace yolofleet::backend::fake {
namespace {

TEST(Scripts, AreReadDeviceByDevice) {
  const auto scripts = parse_scripts(
      "fake:0 delay=5 wrong=1; fake:1 batch=2 slots=3 decodes=0 open_error=no_memory "
      "fail_after=7 hang_after=9 device_images=1 decodes_videos=1 decoder_batch=8 decoder_delay=3 "
      "decoder_blocks=20 decoder_threads=2 "
      "decoder_largest=900 decoder_spoils=6 decoder_fail_after=4 decoder_error=no_engine kind=big "
      "pixel_memory=4096 unavailable=too_old found=11 room=10");
  ASSERT_TRUE(scripts) << scripts.error().message;
  ASSERT_EQ(scripts->size(), 2U);
  const Script& first = scripts->front();
  EXPECT_EQ(first.id, "fake:0");
  EXPECT_EQ(first.delay, std::chrono::milliseconds{5});
  EXPECT_TRUE(first.wrong);
  EXPECT_TRUE(first.decodes);
  EXPECT_EQ(first.found, 1U);
  EXPECT_FALSE(first.device_images);
  EXPECT_FALSE(first.decodes_videos);
  EXPECT_EQ(first.decoder.batch, 0U);
  const Script& second = scripts->back();
  EXPECT_EQ(second.id, "fake:1");
  EXPECT_EQ(second.batch, 2U);
  EXPECT_EQ(second.slots, 3U);
  EXPECT_FALSE(second.decodes);
  EXPECT_EQ(second.open_error, "no memory");
  EXPECT_EQ(second.unavailable, "too old");
  EXPECT_EQ(second.kind, "big");
  EXPECT_EQ(second.fail_after, 7U);
  EXPECT_EQ(second.hang_after, 9U);
  EXPECT_TRUE(second.device_images);
  EXPECT_TRUE(second.decodes_videos);
  EXPECT_EQ(second.decoder.batch, 8U);
  EXPECT_EQ(second.decoder.delay, std::chrono::milliseconds{3});
  EXPECT_EQ(second.decoder.blocks, 20U);
  EXPECT_EQ(second.decoder.threads, 2U);
  EXPECT_EQ(second.decoder.largest, 900U);
  EXPECT_EQ(second.decoder.spoils, 6U);
  EXPECT_EQ(second.decoder.fail_after, 4U);
  EXPECT_EQ(second.decoder_error, "no engine");
  EXPECT_EQ(second.pixel_memory, 4096U);
  EXPECT_EQ(second.found, 11U);
  EXPECT_EQ(second.room, 10U);
}

TEST(Scripts, AreRefusedWithTheWordThatIsWrong) {
  for (const char* const word : {"colour=red", "batch=two", "batch", "batch=", "=1", "slots=0",
                                 "batch=0", "decoder_blocks=0", "decoder_colour=1"}) {
    const auto scripts = parse_scripts(std::string{"fake:3 "} + word);
    ASSERT_FALSE(scripts) << word;
    EXPECT_EQ(scripts.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(scripts.error().message,
              "fake:3: \"" + std::string{word} + "\" is no KEY=VALUE of a script");
  }
}

}  // namespace
}  // namespace yolofleet::backend::fake
