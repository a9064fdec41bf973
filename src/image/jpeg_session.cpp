#include "image/jpeg_session.hpp"

#include <jerror.h>

#include <algorithm>

#include "base/fail.hpp"
#include "image/exif.hpp"
#include "image/jpeg_warnings.hpp"

namespace yolofleet::image {
namespace {

/// Scans of a progressive file, each a pass over the whole picture. Encoders write about ten; a
/// file with many more is made to keep a reader busy.
constexpr int kMaxScans = 100;

JpegSession& session_of(j_common_ptr info) {
  return *static_cast<JpegSession*>(info->client_data);
}
JpegSession& session_of(j_decompress_ptr info) {
  return *static_cast<JpegSession*>(info->client_data);
}

[[noreturn]] void leave(j_common_ptr info) {
  JpegSession& session = session_of(info);
  session.code = info->err->msg_code;
  info->err->format_message(info, session.message.data());
  std::longjmp(session.failed, 1);
}

void on_message(j_common_ptr info, int level) {
  if (level < 0 && !leaves_pixels_whole(session_of(info).info, *info->err)) {
    leave(info);
  }
}

void on_progress(j_common_ptr info) {
  JpegSession& session = session_of(info);
  if (session.info.input_scan_number > kMaxScans) {
    session.code = JERR_NOTIMPL;
    std::snprintf(session.message.data(), session.message.size(), "more than %d scans", kMaxScans);
    std::longjmp(session.failed, 1);
  }
}

void no_source(j_decompress_ptr) {}

/// libjpeg has all data from the start and calls this at the end of the data. This function gives
/// it an end marker: a scan that lacks bits then causes a warning, which is an error here; a
/// complete scan whose end marker is missing is decoded.
boolean on_data_end(j_decompress_ptr info) {
  static constexpr std::array<JOCTET, 2> kEnd = {0xFF, JPEG_EOI};
  session_of(info).ended = true;
  info->src->next_input_byte = kEnd.data();
  info->src->bytes_in_buffer = kEnd.size();
  return TRUE;
}

void skip(j_decompress_ptr info, long count) {
  if (count <= 0) {
    return;
  }
  if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) {
    on_data_end(info);
    return;
  }
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

/// Reads an APP1 segment in place, so that a file full of such segments takes no memory.
boolean on_app1(j_decompress_ptr info) {
  const Bytes rest(reinterpret_cast<const std::byte*>(info->src->next_input_byte),
                   info->src->bytes_in_buffer);
  if (rest.size() < 2) {
    on_data_end(info);
    return TRUE;
  }
  const std::size_t length = big16(rest, 0);
  JpegSession& session = session_of(info);
  if (length >= 8 && length <= rest.size() && session.orientation == 0) {
    const Bytes block = rest.subspan(2, length - 2);
    if (big32(block, 0) == 0x45786966) {  // "Exif"; the segment may hold XMP instead
      session.orientation = exif_orientation(block);
    }
  }
  skip(info, static_cast<long>(std::max<std::size_t>(length, 2)));
  return TRUE;
}

}  // namespace

void open(JpegSession& session, Bytes file) {
  jpeg_decompress_struct& info = session.info;
  info.err = jpeg_std_error(&session.errors);
  session.errors.error_exit = leave;
  session.errors.emit_message = on_message;
  info.client_data = &session;
  jpeg_create_decompress(&info);
  session.source.next_input_byte = as_uint8(file);
  session.source.bytes_in_buffer = file.size();
  session.source.init_source = no_source;
  session.source.fill_input_buffer = on_data_end;
  session.source.skip_input_data = skip;
  session.source.resync_to_restart = jpeg_resync_to_restart;
  session.source.term_source = no_source;
  info.src = &session.source;
  session.progress.progress_monitor = on_progress;
  info.progress = &session.progress;
  jpeg_set_marker_processor(&info, JPEG_APP0 + 1, on_app1);
  jpeg_read_header(&info, TRUE);
}

tl::unexpected<Error> failure(const JpegSession& session) {
  if (session.ended) {
    return base::fail(ErrorCode::kMalformed, "JPEG is truncated: {}", session.message.data());
  }
  switch (session.code) {
#if JPEG_LIB_VERSION < 70  // Ubuntu's libjpeg has the interface of version 8, which lacks this one.
    case JERR_ARITH_NOTIMPL:
#endif
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
      return base::fail(ErrorCode::kUnsupported, "JPEG of a kind that can't be read: {}",
                        session.message.data());
    default:
      return base::fail(ErrorCode::kMalformed, "JPEG is corrupt: {}", session.message.data());
  }
}

/// Finds what libjpeg doesn't warn about. All rows have been read.
Result<void> check_scans(JpegSession& session) {
  jpeg_decompress_struct& info = session.info;
  if (session.ended && jpeg_has_multiple_scans(&info) != 0) {
    return base::fail(ErrorCode::kMalformed, "JPEG is truncated: scans are missing at its end");
  }
  // The arithmetic decoder takes zeros for bytes that are missing.
  if (session.ended && info.arith_code != 0) {
    return base::fail(ErrorCode::kMalformed, "JPEG is truncated: its end marker is missing");
  }
  if (const int component = component_without_dc(info); component >= 0) {
    return base::fail(ErrorCode::kMalformed,
                      "JPEG is corrupt: no scan has the mean values (DC) of component {}",
                      component);
  }
  return {};
}

}  // namespace yolofleet::image
