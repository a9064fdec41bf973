#include <cstdio>
// Each header needs the ones above it.
#include <jpeglib.h>

#include <jerror.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "image/codecs.hpp"
#include "image/exif.hpp"
#include "image/jpeg_warnings.hpp"
#include "image/orient.hpp"

namespace yolofleet::image {
namespace {

/// Scans of a progressive file, each a pass over the whole picture. Encoders write about ten; a
/// file with many more is made to keep a reader busy.
constexpr int kMaxScans = 100;

/// The libjpeg state of one picture. libjpeg reports errors by callbacks, which leave it by
/// longjmp; so no object between a call and `failed` may have a destructor.
struct Session {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr source{};
  jpeg_progress_mgr progress{};
  std::jmp_buf failed{};
  int orientation = 0;  // of the first EXIF block; 0: none seen
  bool ended = false;   // the data ended before libjpeg had enough
  int code = 0;         // of libjpeg's message, when it failed
  std::array<char, JMSG_LENGTH_MAX> message{};

  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;
  ~Session() { jpeg_destroy_decompress(&info); }
};

Session& session_of(j_common_ptr info) {
  return *static_cast<Session*>(info->client_data);
}
Session& session_of(j_decompress_ptr info) {
  return *static_cast<Session*>(info->client_data);
}

[[noreturn]] void leave(j_common_ptr info) {
  Session& session = session_of(info);
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
  Session& session = session_of(info);
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
  Session& session = session_of(info);
  if (length >= 8 && length <= rest.size() && session.orientation == 0) {
    const Bytes block = rest.subspan(2, length - 2);
    if (big32(block, 0) == 0x45786966) {  // "Exif"; the segment may hold XMP instead
      session.orientation = exif_orientation(block);
    }
  }
  skip(info, static_cast<long>(std::max<std::size_t>(length, 2)));
  return TRUE;
}

/// Runs `step`; false if libjpeg left it by longjmp. Neither `step` nor its captures may have
/// destructors.
template <typename Step>
bool run(Session& session, const Step& step) {
  if (setjmp(session.failed) != 0) {
    return false;
  }
  step();
  return true;
}

void open(Session& session, Bytes file) {
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

tl::unexpected<Error> failure(const Session& session) {
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

bool is_cmyk(const jpeg_decompress_struct& info) {
  return info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
}

/// Converts CMYK to RGB: each channel is the product of the light that its colour's ink and the
/// black ink let through. Adobe's programs, which write the Adobe marker, store this light; others
/// store the amount of ink. `light`: the file stores the light.
void cmyk_to_rgb(const std::uint8_t* from, std::uint8_t* to, int pixels, bool light) {
  const unsigned flip = light ? 0U : 255U;
  for (int x = 0; x < pixels; ++x, from += 4, to += 3) {
    const unsigned black = from[3] ^ flip;
    for (int c = 0; c < 3; ++c) {
      to[c] = static_cast<std::uint8_t>((((from[c] ^ flip) * black) + 127) / 255);
    }
  }
}

void read_rgb(Session& session, std::uint8_t* pixels, std::size_t stride) {
  jpeg_decompress_struct& info = session.info;
  while (info.output_scanline < info.output_height) {
    std::array<JSAMPROW, 16> rows{};
    const auto count = std::min<JDIMENSION>(info.output_height - info.output_scanline, rows.size());
    for (JDIMENSION i = 0; i < count; ++i) {
      rows[i] = pixels + ((info.output_scanline + i) * stride);
    }
    jpeg_read_scanlines(&info, rows.data(), count);
  }
}

void read_cmyk(Session& session, std::uint8_t* pixels, std::size_t stride, std::uint8_t* scratch) {
  jpeg_decompress_struct& info = session.info;
  while (info.output_scanline < info.output_height) {
    std::uint8_t* to = pixels + (info.output_scanline * stride);
    std::array<JSAMPROW, 1> row{scratch};
    jpeg_read_scanlines(&info, row.data(), 1);
    cmyk_to_rgb(scratch, to, static_cast<int>(info.output_width), info.saw_Adobe_marker != 0);
  }
}

/// Finds what libjpeg doesn't warn about. All rows have been read.
Result<void> check_scans(Session& session) {
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

}  // namespace

Result<Image> decode_jpeg(Bytes file, const DecodeLimits& limits) {
  Session session;
  jpeg_decompress_struct& info = session.info;
  if (!run(session, [&] { open(session, file); })) {
    return failure(session);
  }
  if (auto size = check_size("JPEG", info.image_width, info.image_height, limits); !size) {
    return tl::unexpected(std::move(size).error());
  }
  info.out_color_space = is_cmyk(info) ? JCS_CMYK : JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  // libjpeg reads a file of several scans to its end here, before memory for the pixels is
  // allocated.
  if (!run(session, [&] { jpeg_start_decompress(&info); })) {
    return failure(session);
  }
  Image image(static_cast<int>(info.output_width), static_cast<int>(info.output_height),
              PixelFormat::kRgb, limits.memory);
  std::uint8_t* const pixels = image.pixels().data();
  std::vector<std::uint8_t> scratch(is_cmyk(info) ? std::size_t{4} * info.output_width : 0);
  const bool read = run(session, [&] {
    if (scratch.empty()) {
      read_rgb(session, pixels, image.stride());
    } else {
      read_cmyk(session, pixels, image.stride(), scratch.data());
    }
  });
  if (!read) {
    return failure(session);
  }
  if (auto checked = check_scans(session); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  return orient(std::move(image), session.orientation, limits.memory);
}

}  // namespace yolofleet::image
