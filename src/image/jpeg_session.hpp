#pragma once

#include <cstdio>
// Each header needs the ones above it.
#include <jpeglib.h>

#include <array>
#include <csetjmp>

#include "image/bytes.hpp"
#include "yolofleet/error.hpp"

/// A libjpeg decoder with our rules: a warning that costs pixels is an error, and the orientation
/// is read from the EXIF block.
namespace yolofleet::image {

/// The libjpeg state of one picture. libjpeg reports errors by callbacks, which leave it by
/// longjmp; so no object between a call and `failed` may have a destructor.
struct JpegSession {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr source{};
  jpeg_progress_mgr progress{};
  std::jmp_buf failed{};
  int orientation = 0;  // of the first EXIF block; 0: none seen
  bool ended = false;   // the data ended before libjpeg had enough
  int code = 0;         // of libjpeg's message, when it failed
  std::array<char, JMSG_LENGTH_MAX> message{};

  JpegSession() = default;
  JpegSession(const JpegSession&) = delete;
  JpegSession& operator=(const JpegSession&) = delete;
  JpegSession(JpegSession&&) = delete;
  JpegSession& operator=(JpegSession&&) = delete;
  ~JpegSession() { jpeg_destroy_decompress(&info); }
};

/// Runs `step`; false if libjpeg left it by longjmp. Neither `step` nor its captures may have
/// destructors.
template <typename Step>
bool run(JpegSession& session, const Step& step) {
  if (setjmp(session.failed) != 0) {
    return false;
  }
  step();
  return true;
}

/// Reads the headers, to the first scan. To be called by `run`.
void open(JpegSession& session, Bytes file);

/// The error for a `run` that failed.
tl::unexpected<Error> failure(const JpegSession& session);

/// Finds what libjpeg doesn't warn about. Precondition: all rows have been read.
Result<void> check_scans(JpegSession& session);

}  // namespace yolofleet::image
