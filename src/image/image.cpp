#include "yolofleet/image.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/fail.hpp"
#include "base/files.hpp"
#include "image/check_view.hpp"
#include "image/codecs.hpp"
#include "image/decode.hpp"

namespace yolofleet {
namespace {

/// The largest image file that is read, in bytes; far more than any picture within the pixel limit
/// needs.
constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;

}  // namespace

PixelMemory::~PixelMemory() = default;

void PixelBuffer::Release::operator()(std::uint8_t* data) const noexcept {
  if (memory) {
    memory->give_back(data, bytes);
  } else {
    ::operator delete(data);
  }
}

PixelBuffer::PixelBuffer(std::size_t bytes, const std::shared_ptr<PixelMemory>& memory) {
  if (std::uint8_t* const room = memory ? memory->take(bytes) : nullptr; room != nullptr) {
    data_ = {room, Release{memory, bytes}};
  } else {
    data_ = {static_cast<std::uint8_t*>(::operator new(bytes)), Release{nullptr, bytes}};
  }
}

PixelBuffer::PixelBuffer(PixelBuffer&& other) noexcept = default;
PixelBuffer& PixelBuffer::operator=(PixelBuffer&& other) noexcept = default;
PixelBuffer::~PixelBuffer() = default;

Image::Image(int width, int height, PixelFormat format)
    : Image(width, height, format, std::shared_ptr<PixelMemory>{}) {
  std::ranges::fill(pixels(), std::uint8_t{0});
}

Image::Image(int width, int height, PixelFormat format, const std::shared_ptr<PixelMemory>& memory)
    : width_(width),
      height_(height),
      format_(format),
      pixels_(stride() * static_cast<std::size_t>(height), memory) {}

Image::Image(const Image& other)
    : width_(other.width_), height_(other.height_), format_(other.format_) {
  if (!other.empty()) {
    *this = Image(width_, height_, format_, std::shared_ptr<PixelMemory>{});
    std::ranges::copy(other.pixels(), pixels().begin());
  }
}

Image& Image::operator=(const Image& other) {
  return *this = Image(other);
}

Image::Image(Image&& other) noexcept = default;
Image& Image::operator=(Image&& other) noexcept = default;

Result<Image> Image::decode(std::span<const std::byte> encoded, const DecodeLimits& limits) {
  return image::decode(encoded, limits, image::Wanted::kRgb).map([](image::Decoded decoded) {
    return std::get<Image>(std::move(decoded.pixels));
  });
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
  if (auto checked = check(image); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  return format == ImageFormat::kJpeg ? image::encode_jpeg(image) : image::encode_png(image);
}

}  // namespace yolofleet
