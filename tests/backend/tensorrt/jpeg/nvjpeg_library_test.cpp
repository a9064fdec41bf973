#include "backend/tensorrt/jpeg/nvjpeg_library.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <string>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::StartsWith;

Error error_of(const std::string& file) {
  const auto library = NvjpegLibrary::open(file);
  return library ? Error{ErrorCode::kInternal, "it was opened"} : library.error();
}

TEST(NvjpegLibrary, AMissingOneIsNamed) {
  const Error error = error_of("libnvjpeg.so.0");
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, StartsWith("nvJPEG can't be loaded: libnvjpeg.so.0: "));
}

TEST(NvjpegLibrary, AnotherLibraryIsRefused) {
  const Error error = error_of("libm.so.6");
  EXPECT_EQ(error.code, ErrorCode::kDevice);
  EXPECT_EQ(error.message, "libm.so.6: isn't nvJPEG (it doesn't tell its version)");
}

TEST(NvjpegLibrary, AnotherVersionOrAnIncompleteOneIsRefused) {
  const std::string file = YOLOFLEET_FAKE_NVJPEG;
  for (const char* const major : {"10", "14"}) {
    ::setenv("YOLOFLEET_FAKE_NVJPEG_MAJOR", major, 1);
    const Error error = error_of(file);
    EXPECT_EQ(error.code, ErrorCode::kMismatch);
    EXPECT_EQ(error.message,
              file + ": is nvJPEG " + major + ".1.2; versions 11 to 13 are supported");
  }
  ::setenv("YOLOFLEET_FAKE_NVJPEG_MAJOR", "12", 1);
  EXPECT_EQ(error_of(file).code, ErrorCode::kDevice);
  EXPECT_EQ(error_of(file).message, file + ": nvJPEG 12.1.2 lacks an entry point");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
