#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"

namespace yolofleet {

/// The order of the bytes in a pixel. Every format has 8 bits a channel, interleaved.
enum class PixelFormat {
  kRgb,   ///< R, G, B
  kBgr,   ///< B, G, R, as in OpenCV
  kGrey,  ///< one channel
};

/// The number of channels, which is also the number of bytes in a pixel: 3, 3 or 1.
constexpr int channels(PixelFormat format) noexcept {
  return format == PixelFormat::kGrey ? 1 : 3;
}

/// A view of pixels; the caller owns them and keeps them alive. Row y starts at `data + y *
/// stride`. From OpenCV: `ImageView{mat.data, mat.cols, mat.rows, mat.step, PixelFormat::kBgr}`.
struct ImageView {
  const std::uint8_t* data = nullptr;
  int width = 0;           ///< pixels, at least 1
  int height = 0;          ///< rows, at least 1
  std::size_t stride = 0;  ///< bytes from one row to the next, at least width * channels(format)
  PixelFormat format = PixelFormat::kRgb;
};

/// The bytes of a row's pixels, without the rest of the stride.
constexpr std::size_t row_bytes(const ImageView& view) noexcept {
  return static_cast<std::size_t>(view.width) * static_cast<std::size_t>(channels(view.format));
}

/// An allocator for pixels outside the heap, for example in page-locked memory. Implementations are
/// thread-safe.
class YOLOFLEET_API PixelMemory {
 public:
  PixelMemory() = default;
  PixelMemory(const PixelMemory&) = delete;
  PixelMemory& operator=(const PixelMemory&) = delete;
  virtual ~PixelMemory();

  /// Returns `bytes` of memory, or null if there is no room for them now; the caller then uses
  /// the heap.
  virtual std::uint8_t* take(std::size_t bytes) noexcept = 0;
  /// Frees memory that `take` returned for the same number of bytes.
  virtual void give_back(std::uint8_t* memory, std::size_t bytes) noexcept = 0;
};

/// The most pixels that a picture may have by default: 512 MiB in RGB.
inline constexpr std::int64_t kDefaultMaxPixels = 178'956'970;

/// Limits for decoding a picture, and where its pixels are stored.
struct DecodeLimits {
  /// The most pixels, width times height. Checked against the file's header, before memory for the
  /// pixels is taken.
  std::int64_t max_pixels = kDefaultMaxPixels;
  std::shared_ptr<PixelMemory> memory{};  ///< null: the heap
};

/// Owns uninitialised bytes in a PixelMemory or on the heap. Move-only; a moved-from buffer is
/// empty.
class YOLOFLEET_API PixelBuffer {
 public:
  PixelBuffer() = default;
  /// `bytes` of `memory`, which the buffer keeps alive; on the heap if `memory` is null or has no
  /// room.
  explicit PixelBuffer(std::size_t bytes, const std::shared_ptr<PixelMemory>& memory = nullptr);
  PixelBuffer(const PixelBuffer&) = delete;
  PixelBuffer& operator=(const PixelBuffer&) = delete;
  PixelBuffer(PixelBuffer&& other) noexcept;
  PixelBuffer& operator=(PixelBuffer&& other) noexcept;
  ~PixelBuffer();

  bool empty() const noexcept { return data_ == nullptr; }
  std::span<std::uint8_t> bytes() noexcept { return {data_.get(), size()}; }
  std::span<const std::uint8_t> bytes() const noexcept { return {data_.get(), size()}; }

 private:
  std::size_t size() const noexcept { return empty() ? 0 : data_.get_deleter().bytes; }

  /// Frees the bytes. `memory` is where they came from; null: the heap.
  struct Release {
    std::shared_ptr<PixelMemory> memory;
    std::size_t bytes;
    void operator()(std::uint8_t* data) const noexcept;
  };
  std::unique_ptr<std::uint8_t, Release> data_;
};

/// The file formats that `encode_image` writes.
enum class ImageFormat { kJpeg, kPng };

/// A picture in memory: it owns its 8-bit pixels, whose rows lie one after the other without gaps.
class YOLOFLEET_API Image {
 public:
  /// An empty image: 0 x 0.
  Image() = default;
  /// `width` x `height` pixels, all zero. Precondition: both are at least 1.
  Image(int width, int height, PixelFormat format = PixelFormat::kRgb);
  /// `width` x `height` pixels, uninitialised, in `memory`, which the image keeps alive. They are
  /// on the heap if `memory` is null or has no room. Precondition: both are at least 1.
  Image(int width, int height, PixelFormat format, const std::shared_ptr<PixelMemory>& memory);
  /// Copies the pixels to the heap.
  Image(const Image& other);
  Image& operator=(const Image& other);
  Image(Image&& other) noexcept;
  Image& operator=(Image&& other) noexcept;
  ~Image() = default;

  /// Decodes a JPEG, PNG, WebP or BMP file in memory to RGB. The first bytes decide the format.
  /// Grey becomes RGB, alpha is dropped, 16 bits become 8, and the EXIF orientation of JPEG, PNG
  /// and WebP is applied (an invalid one is ignored). No colour profile or gamma is applied.
  /// Errors: kUnsupported (another format, an animation, a rare variant of a format), kMalformed
  /// (corrupt or truncated; no part of the picture is returned), kTooLarge (over
  /// `limits.max_pixels`, or no memory).
  static Result<Image> decode(std::span<const std::byte> encoded, const DecodeLimits& limits = {});

  /// Reads and decodes a file, as `decode` does. Errors: those of `decode`, kNotFound, kIo, and
  /// kTooLarge for a file over 512 MiB; each message names the file.
  static Result<Image> load(const std::filesystem::path& file, const DecodeLimits& limits = {});

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  PixelFormat format() const noexcept { return format_; }
  /// Bytes in a row.
  std::size_t stride() const noexcept {
    return static_cast<std::size_t>(width_) * static_cast<std::size_t>(channels(format_));
  }
  bool empty() const noexcept { return pixels_.empty(); }
  /// All pixels, row by row from the top: stride() * height() bytes.
  std::span<std::uint8_t> pixels() noexcept { return pixels_.bytes(); }
  std::span<const std::uint8_t> pixels() const noexcept { return pixels_.bytes(); }

  /// A view of these pixels. It is valid until this object is destroyed or assigned to.
  ImageView view() const noexcept {
    return {pixels_.bytes().data(), width_, height_, stride(), format_};
  }

 private:
  int width_ = 0;
  int height_ = 0;
  PixelFormat format_ = PixelFormat::kRgb;
  PixelBuffer pixels_;
};

/// Encodes a picture as a JPEG (quality 90, 4:2:0) or PNG file and returns the file's bytes.
/// Errors: kInvalidArgument (no pixels, or a stride shorter than a row), kUnsupported (larger than
/// the format allows: for JPEG 65500 pixels in width or height).
YOLOFLEET_API Result<std::vector<std::byte>> encode_image(const ImageView& image,
                                                          ImageFormat format);

/// Draws each detection's box with a label such as "dog 87%" into an image of any pixel format.
/// Lines and text grow with the picture. The label is `names[class_id]`, in UTF-8 (a character
/// outside printable ASCII is drawn as a small box); a class without a name shows its number. A
/// class has the same colour in every picture. Boxes are clipped to the picture; a box that lies
/// outside it, or has a NaN or a negative size, is not drawn. A label is moved to lie inside the
/// picture; it is not drawn if it doesn't fit.
YOLOFLEET_API void draw_detections(Image& image, std::span<const Detection> detections,
                                   std::span<const std::string> names);

}  // namespace yolofleet
