#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <new>
#include <utility>

#include "base/fail.hpp"
#include "image/codecs.hpp"
#include "image/exif.hpp"
#include "image/orient.hpp"

namespace yolofleet::image {
namespace {

struct Delete {
  void operator()(WebPDemuxer* demuxer) const noexcept { WebPDemuxDelete(demuxer); }
};

tl::unexpected<Error> failure(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      throw std::bad_alloc();
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return base::fail(ErrorCode::kMalformed, "WebP is truncated");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return base::fail(ErrorCode::kUnsupported, "WebP with a feature that can't be read");
    default:
      return base::fail(ErrorCode::kMalformed, "WebP is corrupt");
  }
}

int orientation_of(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk{};
  int orientation = 1;
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) != 0) {
    orientation =
        exif_orientation({reinterpret_cast<const std::byte*>(chunk.chunk.bytes), chunk.chunk.size});
  }
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

}  // namespace

Result<Image> decode_webp(Bytes file, const DecodeLimits& limits) {
  WebPDecoderConfig config{};
  WebPInitDecoderConfig(&config);
  VP8StatusCode status = WebPGetFeatures(as_uint8(file), file.size(), &config.input);
  if (status != VP8_STATUS_OK) {
    return failure(status);
  }
  if (config.input.has_animation != 0) {
    return base::fail(ErrorCode::kUnsupported, "WebP is animated; only still ones can be read");
  }
  if (auto size = check_size("WebP", config.input.width, config.input.height, limits); !size) {
    return tl::unexpected(std::move(size).error());
  }
  // Checks the container first: this is cheap, and finds a truncated file before memory is
  // allocated.
  const WebPData data{as_uint8(file), file.size()};
  WebPDemuxState state{};
  const std::unique_ptr<WebPDemuxer, Delete> demuxer{WebPDemuxPartial(&data, &state)};
  if (!demuxer || state != WEBP_DEMUX_DONE) {
    return failure(state == WEBP_DEMUX_PARSE_ERROR ? VP8_STATUS_BITSTREAM_ERROR
                                                   : VP8_STATUS_NOT_ENOUGH_DATA);
  }
  Image image(config.input.width, config.input.height, PixelFormat::kRgb, limits.memory);
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = image.pixels().data();
  config.output.u.RGBA.stride = static_cast<int>(image.stride());
  config.output.u.RGBA.size = image.pixels().size();
  status = WebPDecode(as_uint8(file), file.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) {
    return failure(status);
  }
  return orient(std::move(image), orientation_of(demuxer.get()), limits.memory);
}

}  // namespace yolofleet::image
