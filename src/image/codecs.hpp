#pragma once

#include <string_view>
#include <vector>

#include "image/bytes.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::image {

/// Decodes one format to RGB as `Image::decode` says, the orientation applied. Precondition:
/// `recognise` named the format.
Result<Image> decode_jpeg(Bytes file, const DecodeLimits& limits);
Result<Image> decode_png(Bytes file, const DecodeLimits& limits);
Result<Image> decode_webp(Bytes file, const DecodeLimits& limits);
Result<Image> decode_bmp(Bytes file, const DecodeLimits& limits);

/// As `encode_image`. Precondition: the view is valid.
Result<std::vector<std::byte>> encode_jpeg(const ImageView& image);
Result<std::vector<std::byte>> encode_png(const ImageView& image);

/// Nothing, or kTooLarge with the numbers: whether a picture of the size that a header announces is
/// within the limit. kMalformed when a side is below 1.
Result<void> check_size(std::string_view format, std::int64_t width, std::int64_t height,
                        const DecodeLimits& limits);

}  // namespace yolofleet::image
