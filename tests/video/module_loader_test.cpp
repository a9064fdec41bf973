#include "video/module_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/module.hpp"

namespace yolofleet::video {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

Error error_of(const std::vector<std::filesystem::path>& folders) {
  const auto module = load_module(folders, build_id());
  return module ? Error{} : module.error();
}

TEST(VideoModule, IsLoadedFromTheBuild) {
  const auto module = load_module();
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(*module, load_module().value());
}

TEST(VideoModule, NamesThePlacesThatItLookedIn) {
  const Error error = error_of({"/nowhere"});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("the video module libyolofleet_ffmpeg.so is in none of "
                                       "these folders: /nowhere"));
}

TEST(VideoModule, NamesThePackagesOfMissingLibraries) {
  const Error error = error_of({YOLOFLEET_LONELY_MODULE_DIR});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message,
              MatchesRegex("videos need FFmpeg's library libavformat.so.0, which is missing; the "
                           "packages libavformat[0-9]+ and libswscale[0-9]+ of Debian and Ubuntu "
                           "have all that is needed"));
}

TEST(VideoModule, RefusesAModuleOfAnotherBuild) {
  const auto module = load_module(base::module_folders(), "0.0.0-another");
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, ErrorCode::kMismatch);
  EXPECT_THAT(module.error().message, HasSubstr("was made by another build of yolofleet; this one "
                                                "needs a module with the build id 0.0.0-another"));
}

}  // namespace
}  // namespace yolofleet::video
