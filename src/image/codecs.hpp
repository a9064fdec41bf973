#pragma once

#include <string_view>
#include <vector>

#include "image/bytes.hpp"
#include "image/decode.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::image {

/// Decodes one format as `decode` says. Precondition: `recognise` named the format.
Result<Decoded> decode_jpeg(Bytes file, const DecodeLimits& limits, Wanted wanted,
                            const ChooseDivisor& divisor);

/// Decodes one format to RGB as `Image::decode` says, the orientation applied. Precondition:
/// `recognise` named the format.
Result<Image> decode_png(Bytes file, const DecodeLimits& limits);
Result<Image> decode_webp(Bytes file, const DecodeLimits& limits);
Result<Image> decode_bmp(Bytes file, const DecodeLimits& limits);

/// How a JPEG file is encoded.
struct JpegEncoding {
  Subsampling subsampling = Subsampling::k420;
  int restart_interval = 0;  ///< MCUs from one restart marker to the next; 0: none
};

/// As `encode_image`. Precondition: the view is valid. A grey picture becomes a grey file.
Result<std::vector<std::byte>> encode_jpeg(const ImageView& image,
                                           const JpegEncoding& encoding = {});
Result<std::vector<std::byte>> encode_png(const ImageView& image);

/// Nothing, or kTooLarge with the numbers: whether a picture of the size that a header announces is
/// within the limit. kMalformed when a side is below 1.
Result<void> check_size(std::string_view format, std::int64_t width, std::int64_t height,
                        const DecodeLimits& limits);

}  // namespace yolofleet::image
