// A library with nvJPEG's function for its version, whose major number is in
// YOLOFLEET_FAKE_NVJPEG_MAJOR.

#include <cstdlib>

// NOLINTNEXTLINE(readability-identifier-naming): the name is nvJPEG's
extern "C" __attribute__((visibility("default"))) int nvjpegGetProperty(int type, int* value) {
  const char* const major = std::getenv("YOLOFLEET_FAKE_NVJPEG_MAJOR");
  *value = type == 0 && major != nullptr ? std::atoi(major) : type;
  return 0;
}
