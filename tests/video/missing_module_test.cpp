// The loader as a build without FFmpeg's headers has it.
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "video/module_loader.hpp"

namespace yolofleet::video {
namespace {

TEST(MissingVideoModule, IsTold) {
  const auto module = load_module(std::vector<std::filesystem::path>{"/nowhere"}, build_id());
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(module.error().message,
            "this build of yolofleet can't read or write videos: it was made without FFmpeg. "
            "`scripts/setup video` installs what it needs (libavformat-dev, libavcodec-dev, "
            "libavutil-dev and libswscale-dev of Debian and Ubuntu); then build it again");
}

}  // namespace
}  // namespace yolofleet::video
