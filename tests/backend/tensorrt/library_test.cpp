#include "backend/tensorrt/library.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;

TEST(Version, IsReadFromBothWaysOfCounting) {
  EXPECT_EQ(version_of(8600).major, 8);
  EXPECT_EQ(version_of(8600).minor, 6);
  EXPECT_EQ(version_of(8601).patch, 1);
  EXPECT_EQ(version_of(101401).major, 10);
  EXPECT_EQ(version_of(101401).minor, 14);
  EXPECT_EQ(version_of(101401).patch, 1);
  EXPECT_EQ(version_of(110100).major, 11);
}

TEST(Library, AMissingOneIsNamed) {
  const auto library = Library::load();
  if (library) {
    EXPECT_EQ((*library)->version().substr(0, 1), std::to_string(kMajor).substr(0, 1));
  } else {
    EXPECT_THAT(library.error().message, HasSubstr("TensorRT " + std::to_string(kMajor)));
    EXPECT_THAT(library.error().message, HasSubstr("libnvinfer.so." + std::to_string(kMajor)));
  }
}

TEST(Library, AnotherMajorVersionIsRefused) {
  const auto library = Library::open(YOLOFLEET_FAKE_NVINFER);
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::kMismatch);
  EXPECT_EQ(library.error().message,
            fmt::format("{}: is TensorRT 99.1.2; this program was compiled for version {}",
                        YOLOFLEET_FAKE_NVINFER, kMajor));
}

TEST(Library, AnotherLibraryIsRefused) {
  const auto library = Library::open("libm.so.6");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::kDevice);
  EXPECT_EQ(library.error().message,
            "libm.so.6: isn't a TensorRT library (an entry point is missing)");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
