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

/// The order of the bytes of a pixel; always 8 bits a channel, interleaved.
enum class PixelFormat {
  kRgb,   ///< R, G, B
  kBgr,   ///< B, G, R, as OpenCV has it
  kGrey,  ///< one channel
};

/// Bytes of a pixel: 3, 3 or 1.
constexpr int channels(PixelFormat format) noexcept {
  return format == PixelFormat::kGrey ? 1 : 3;
}

/// Pixels that somebody else owns and keeps alive. Row y starts at `data + y * stride`.
/// From OpenCV: `ImageView{mat.data, mat.cols, mat.rows, mat.step, PixelFormat::kBgr}`.
struct ImageView {
  const std::uint8_t* data = nullptr;
  int width = 0;           ///< pixels, at least 1
  int height = 0;          ///< rows, at least 1
  std::size_t stride = 0;  ///< bytes from a row to the next, at least width * channels(format)
  PixelFormat format = PixelFormat::kRgb;
};

/// Memory for pixels other than the heap: page-locked memory, for instance. Thread-safe.
class YOLOFLEET_API PixelMemory {
 public:
  PixelMemory() = default;
  PixelMemory(const PixelMemory&) = delete;
  PixelMemory& operator=(const PixelMemory&) = delete;
  virtual ~PixelMemory();

  /// Room for `bytes`, or null where there is none now; the heap is used then.
  virtual std::uint8_t* take(std::size_t bytes) noexcept = 0;
  /// Gives back what `take` gave for as many bytes.
  virtual void give_back(std::uint8_t* memory, std::size_t bytes) noexcept = 0;
};

/// The largest picture that is decoded by default: 178,956,970 pixels, 512 MiB of RGB.
inline constexpr std::int64_t kDefaultMaxPixels = 178'956'970;

/// What a decoder is allowed to do, and where it puts the pixels.
struct DecodeLimits {
  /// Width times height. Checked from the header, before memory for the pixels is taken.
  std::int64_t max_pixels = kDefaultMaxPixels;
  std::shared_ptr<PixelMemory> memory{};  ///< null: the heap
};

/// How `encode_image` writes a picture.
enum class ImageFormat { kJpeg, kPng };

/// 8-bit pixels that this object owns, rows packed without gaps.
class YOLOFLEET_API Image {
 public:
  /// No picture: 0 x 0.
  Image() = default;
  /// `width` x `height` pixels, all zero. Precondition: both at least 1.
  Image(int width, int height, PixelFormat format = PixelFormat::kRgb);
  /// The same in `memory`, which stays as long as the image (null, or no room in it: on the heap);
  /// what the pixels are is not said.
  Image(int width, int height, PixelFormat format, const std::shared_ptr<PixelMemory>& memory);
  /// A copy is on the heap.
  Image(const Image& other);
  Image& operator=(const Image& other);
  Image(Image&& other) noexcept;
  Image& operator=(Image&& other) noexcept;
  ~Image() = default;

  /// Decodes a JPEG, PNG, WebP or BMP file that is in memory (recognised by its first bytes, not
  /// by a name) to RGB. Grey becomes RGB, alpha is dropped, 16 bits become 8, and the EXIF
  /// orientation of JPEG, PNG and WebP is applied (a wrong one is ignored). Colours are as stored:
  /// no colour profile or gamma is applied. Errors: kUnsupported (another format; an animation; a
  /// rare variant of a format), kMalformed (corrupt or truncated; no part of such a picture is
  /// returned), kTooLarge (over the limit, or no memory for it).
  static Result<Image> decode(std::span<const std::byte> encoded, const DecodeLimits& limits = {});

  /// Reads and decodes a file. Errors: as `decode`, and kNotFound and kIo; each names the file.
  static Result<Image> load(const std::filesystem::path& file, const DecodeLimits& limits = {});

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  PixelFormat format() const noexcept { return format_; }
  std::size_t stride() const noexcept {
    return static_cast<std::size_t>(width_) * static_cast<std::size_t>(channels(format_));
  }
  bool empty() const noexcept { return pixels_ == nullptr; }
  std::span<std::uint8_t> pixels() noexcept { return {pixels_.get(), bytes()}; }
  std::span<const std::uint8_t> pixels() const noexcept { return {pixels_.get(), bytes()}; }

  /// Looks at these pixels; valid as long as this object is neither destroyed nor assigned to.
  ImageView view() const noexcept { return {pixels_.get(), width_, height_, stride(), format_}; }

 private:
  /// Where the pixels came from and go back to; null: the heap.
  struct Release {
    std::shared_ptr<PixelMemory> memory;
    std::size_t bytes;
    void operator()(std::uint8_t* pixels) const noexcept;
  };

  std::size_t bytes() const noexcept {
    return empty() ? 0 : stride() * static_cast<std::size_t>(height_);
  }

  int width_ = 0;
  int height_ = 0;
  PixelFormat format_ = PixelFormat::kRgb;
  std::unique_ptr<std::uint8_t, Release> pixels_;
};

/// The bytes of a JPEG (quality 90, 4:2:0) or PNG file with these pixels. Errors: kInvalidArgument
/// (no pixels, or a stride shorter than a row), kUnsupported (larger than the format allows: 65500
/// pixels a side for JPEG).
YOLOFLEET_API Result<std::vector<std::byte>> encode_image(const ImageView& image,
                                                          ImageFormat format);

/// Draws each detection's box and "label 87%" into an image of any pixel format; lines and text
/// grow with the picture. `names[class_id]` is the label, in UTF-8 (a character outside printable
/// ASCII shows as a small box); a class without a name shows its number. A class has one colour,
/// the same in every picture. A box is clipped to the picture, and left out where it lies outside
/// or isn't a box (NaN, a negative size); a label stays inside the picture, and is left out where
/// it can't.
YOLOFLEET_API void draw_detections(Image& image, std::span<const Detection> detections,
                                   std::span<const std::string> names);

}  // namespace yolofleet
