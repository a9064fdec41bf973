#include "video/ffmpeg/camera.hpp"

#include <dlfcn.h>

#include "base/fail.hpp"

namespace yolofleet::video::ffmpeg {

std::string camera_library() {
  // In each version of FFmpeg it has the number of libavformat.
  return "libavdevice.so." + std::to_string(LIBAVFORMAT_VERSION_MAJOR);
}

Result<InputFormat*> camera_format(const std::string& library) {
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  void* const symbol = handle == nullptr ? nullptr : dlsym(handle, "avdevice_register_all");
  if (symbol == nullptr) {
    return base::fail(ErrorCode::kNotFound,
                      "cameras need FFmpeg's library {}, which is missing; the package "
                      "libavdevice{} of Debian and Ubuntu has it",
                      library, LIBAVFORMAT_VERSION_MAJOR);
  }
  // POSIX guarantees that a function's address survives dlsym's void*.
  reinterpret_cast<void (*)()>(symbol)();
  InputFormat* const format = av_find_input_format("video4linux2");
  if (format == nullptr) {
    return base::fail(ErrorCode::kUnsupported, "{} can't read cameras", library);
  }
  return format;
}

}  // namespace yolofleet::video::ffmpeg
