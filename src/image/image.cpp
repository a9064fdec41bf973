#include "yolofleet/image.hpp"

#include "base/fail.hpp"
#include "base/files.hpp"
#include "image/codecs.hpp"
#include "image/recognise.hpp"

namespace yolofleet {
namespace {

/// What is read of a file at most; far above any picture that the pixel limit lets through.
constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;

}  // namespace

Image::Image(int width, int height, PixelFormat format)
    : width_(width), height_(height), format_(format) {
  pixels_.resize(stride() * static_cast<std::size_t>(height));
}

Result<Image> Image::decode(std::span<const std::byte> encoded, const DecodeLimits& limits) {
  if (encoded.empty()) {
    return base::fail(ErrorCode::kMalformed, "is empty (0 bytes)");
  }
  switch (image::recognise(encoded)) {
    case image::Kind::kJpeg:
      return image::decode_jpeg(encoded, limits);
    case image::Kind::kPng:
      return image::decode_png(encoded, limits);
    case image::Kind::kWebp:
      return image::decode_webp(encoded, limits);
    case image::Kind::kBmp:
      return image::decode_bmp(encoded, limits);
    case image::Kind::kOther:
      break;
  }
  return base::fail(ErrorCode::kUnsupported, "{}; JPEG, PNG, WebP and BMP can be read",
                    image::describe_other(encoded));
}

Result<Image> Image::load(const std::filesystem::path& file, const DecodeLimits& limits) {
  auto bytes = base::read_bytes(file, kMaxFileBytes);
  if (!bytes) {
    return tl::unexpected(std::move(bytes).error());
  }
  auto decoded = decode(*bytes, limits);
  if (!decoded) {
    return base::fail(decoded.error().code, "{}: {}", file.string(), decoded.error().message);
  }
  return decoded;
}

Result<std::vector<std::byte>> encode_image(const ImageView& image, ImageFormat format) {
  if (image.data == nullptr || image.width < 1 || image.height < 1) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture of {} x {} pixels can't be encoded: it has none", image.width,
                      image.height);
  }
  const std::size_t row =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(channels(image.format));
  if (image.stride < row) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "a picture with rows of {} bytes can't be encoded with a stride of {}", row,
                      image.stride);
  }
  return format == ImageFormat::kJpeg ? image::encode_jpeg(image) : image::encode_png(image);
}

}  // namespace yolofleet
