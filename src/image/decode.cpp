#include "image/decode.hpp"

#include <new>
#include <utility>

#include "base/fail.hpp"
#include "image/codecs.hpp"
#include "image/recognise.hpp"

namespace yolofleet::image {
namespace {

using DecodeToRgb = Result<Image> (*)(Bytes file, const DecodeLimits& limits);

Result<Decoded> decode_rgb_format(DecodeToRgb decode_to_rgb, Bytes file, const DecodeLimits& limits,
                                  Wanted wanted) {
  if (wanted == Wanted::kPlanes) {
    return base::fail(ErrorCode::kUnsupported,
                      "isn't stored in planes: of all formats only JPEG can be");
  }
  return decode_to_rgb(file, limits).map([](Image image) {
    const int width = image.width();
    const int height = image.height();
    return Decoded{std::move(image), width, height};
  });
}

}  // namespace

Result<Decoded> decode(Bytes file, const DecodeLimits& limits, Wanted wanted,
                       const ChooseDivisor& divisor) try {
  if (file.empty()) {
    return base::fail(ErrorCode::kMalformed, "is empty (0 bytes)");
  }
  switch (recognise(file)) {
    case Kind::kJpeg:
      return decode_jpeg(file, limits, wanted, divisor);
    case Kind::kPng:
      return decode_rgb_format(decode_png, file, limits, wanted);
    case Kind::kWebp:
      return decode_rgb_format(decode_webp, file, limits, wanted);
    case Kind::kBmp:
      return decode_rgb_format(decode_bmp, file, limits, wanted);
    case Kind::kOther:
      break;
  }
  return base::fail(ErrorCode::kUnsupported, "{}; JPEG, PNG, WebP and BMP can be read",
                    describe_other(file));
} catch (const std::bad_alloc&) {
  return base::fail(ErrorCode::kTooLarge, "no memory for its pixels");
}

}  // namespace yolofleet::image
