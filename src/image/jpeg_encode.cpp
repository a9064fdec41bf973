#include <cstdio>
#include <cstdlib>
// jpeglib.h needs the headers above it.
#include <jpeglib.h>

#include <array>
#include <csetjmp>

#include "base/fail.hpp"
#include "image/codecs.hpp"

namespace yolofleet::image {
namespace {

constexpr int kQuality = 90;

/// As in jpeg_decode.cpp: libjpeg reports errors by longjmp, so no object that this skips has a
/// destructor.
struct EncodeSession {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  std::jmp_buf failed{};
  unsigned char* encoded = nullptr;  // libjpeg's, from malloc
  unsigned long size = 0;
  std::array<char, JMSG_LENGTH_MAX> message{};

  EncodeSession() = default;
  EncodeSession(const EncodeSession&) = delete;
  EncodeSession& operator=(const EncodeSession&) = delete;
  EncodeSession(EncodeSession&&) = delete;
  EncodeSession& operator=(EncodeSession&&) = delete;
  ~EncodeSession() {
    jpeg_destroy_compress(&info);
    std::free(encoded);
  }
};

[[noreturn]] void leave_encoding(j_common_ptr info) {
  EncodeSession& session = *static_cast<EncodeSession*>(info->client_data);
  info->err->format_message(info, session.message.data());
  std::longjmp(session.failed, 1);
}

void set_encoding(jpeg_compress_struct& info, const JpegEncoding& encoding) {
  info.restart_interval = static_cast<unsigned>(encoding.restart_interval);
  if (encoding.subsampling == Subsampling::kGrey) {
    jpeg_set_colorspace(&info, JCS_GRAYSCALE);
  }
  if (info.num_components == 1) {
    return;
  }
  const bool wide =
      encoding.subsampling == Subsampling::k422 || encoding.subsampling == Subsampling::k420;
  const bool high =
      encoding.subsampling == Subsampling::k440 || encoding.subsampling == Subsampling::k420;
  info.comp_info[0].h_samp_factor = wide ? 2 : 1;
  info.comp_info[0].v_samp_factor = high ? 2 : 1;
}

void write(EncodeSession& session, const ImageView& image, const JpegEncoding& encoding) {
  jpeg_compress_struct& info = session.info;
  info.err = jpeg_std_error(&session.errors);
  session.errors.error_exit = leave_encoding;
  info.client_data = &session;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &session.encoded, &session.size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = channels(image.format);
  info.in_color_space = image.format == PixelFormat::kGrey  ? JCS_GRAYSCALE
                        : image.format == PixelFormat::kBgr ? JCS_EXT_BGR
                                                            : JCS_RGB;
  jpeg_set_defaults(&info);  // the defaults include the accurate DCT
  set_encoding(info, encoding);
  jpeg_set_quality(&info, kQuality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    // libjpeg only reads the row; its interface has no const.
    std::array<JSAMPROW, 1> row{
        const_cast<JSAMPROW>(image.data + (info.next_scanline * image.stride))};
    jpeg_write_scanlines(&info, row.data(), 1);
  }
  jpeg_finish_compress(&info);
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg(const ImageView& image, const JpegEncoding& encoding) {
  EncodeSession session;
  if (setjmp(session.failed) != 0) {
    return base::fail(ErrorCode::kUnsupported, "a picture of {} x {} pixels as JPEG: {}",
                      image.width, image.height, session.message.data());
  }
  write(session, image, encoding);
  const auto* first = reinterpret_cast<const std::byte*>(session.encoded);
  return std::vector<std::byte>(first, first + session.size);
}

}  // namespace yolofleet::image
