#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet {

/// How many chroma samples (Cb and Cr) a picture has for its luma samples (Y).
enum class Subsampling {
  k444,   ///< as many
  k422,   ///< half as many columns
  k420,   ///< half as many columns and rows
  k440,   ///< half as many rows
  kGrey,  ///< none
};

/// The matrix between YCbCr and RGB.
enum class YcbcrMatrix {
  kBt601,   ///< ITU-R BT.601, with the rounded factors of JFIF
  kBt709,   ///< ITU-R BT.709
  kBt2020,  ///< ITU-R BT.2020, non-constant luminance
};

/// The range of the samples, for 8 bits.
enum class YcbcrRange {
  kFull,     ///< 0 to 255, as in JFIF
  kLimited,  ///< luma 16 to 235, chroma 16 to 240, as in most videos
};

/// The meaning of the samples of a picture in planes. The defaults are those of JFIF, the format of
/// JPEG files.
struct PlaneFormat {
  Subsampling subsampling = Subsampling::k420;
  YcbcrMatrix matrix = YcbcrMatrix::kBt601;
  YcbcrRange range = YcbcrRange::kFull;
  /// Bits of a sample, 8 to 16. A sample of more than 8 bits takes 2 bytes, in the byte order of
  /// the machine, with the value in the low bits. P010 has 16 bits.
  int bits = 8;
  /// Cb and Cr lie alternately in one plane, as in NV12 and P010: the third plane is the second,
  /// one sample later.
  bool interleaved = false;

  friend bool operator==(const PlaneFormat&, const PlaneFormat&) = default;
};

/// The columns of chroma for `width` columns of luma, and the rows for `height` rows: rounded up;
/// 0 for kGrey.
constexpr int chroma_width(Subsampling subsampling, int width) noexcept {
  const bool halved = subsampling == Subsampling::k422 || subsampling == Subsampling::k420;
  return subsampling == Subsampling::kGrey ? 0 : (halved ? width / 2 + width % 2 : width);
}
constexpr int chroma_height(Subsampling subsampling, int height) noexcept {
  const bool halved = subsampling == Subsampling::k440 || subsampling == Subsampling::k420;
  return subsampling == Subsampling::kGrey ? 0 : (halved ? height / 2 + height % 2 : height);
}

/// A view of a picture in planes of luma and chroma, as JPEG files and videos have them; the caller
/// owns the samples and keeps them alive. Row y of plane p starts at `planes[p] + y * strides[p]`.
/// Planes that lie directly one after the other must be in one allocation if a GPU reads them:
/// in page-locked memory or in its own.
struct PlanesView {
  std::array<const std::uint8_t*, 3> planes{};  ///< Y, Cb, Cr; kGrey: only Y
  std::array<std::size_t, 3> strides{};         ///< bytes from one row of a plane to the next
  int width = 0;                                ///< columns of luma, at least 1
  int height = 0;                               ///< rows of luma, at least 1
  PlaneFormat format;
  /// How the picture is to be shown: 1 to 8, as the EXIF standard numbers them. 1: as it lies in
  /// memory. 5 to 8 swap width and height. Boxes refer to the picture as shown.
  int orientation = 1;

  int shown_width() const noexcept { return orientation >= 5 ? height : width; }
  int shown_height() const noexcept { return orientation >= 5 ? width : height; }
};

/// The size of one plane.
struct PlaneSize {
  std::size_t row_bytes = 0;  ///< of the samples of a row; interleaved: of Cb and Cr together
  int rows = 0;

  std::size_t bytes() const noexcept { return row_bytes * static_cast<std::size_t>(rows); }
};

/// The sizes of Y, Cb and Cr. Absent planes are 0: the chroma of kGrey, and the third plane of
/// interleaved chroma.
YOLOFLEET_API std::array<PlaneSize, 3> plane_sizes(const PlaneFormat& format, int width,
                                                   int height) noexcept;

/// A picture in planes that owns its samples. The planes lie one after the other, without gaps.
class YOLOFLEET_API Planes {
 public:
  /// An empty picture: 0 x 0.
  Planes() = default;
  /// `width` x `height` pixels, uninitialised, in `memory`, which the object keeps alive. They are
  /// on the heap if `memory` is null or has no room. Precondition: both are at least 1.
  Planes(int width, int height, const PlaneFormat& format,
         const std::shared_ptr<PixelMemory>& memory = nullptr);
  /// Copies the samples to the heap.
  Planes(const Planes& other);
  Planes& operator=(const Planes& other);
  Planes(Planes&& other) noexcept;
  Planes& operator=(Planes&& other) noexcept;
  ~Planes() = default;

  /// Decodes a JPEG file in memory to the planes that it stores; `to_rgb` of them gives the pixels
  /// of Image::decode, bit by bit. The orientation isn't applied: PlanesView::orientation has it.
  /// Errors: those of Image::decode, and kUnsupported for a file that isn't stored in YCbCr or grey
  /// with one of these subsamplings and 8 bits a sample.
  static Result<Planes> decode(std::span<const std::byte> encoded, const DecodeLimits& limits = {});

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  const PlaneFormat& format() const noexcept { return format_; }
  int orientation() const noexcept { return orientation_; }
  void set_orientation(int orientation) noexcept { orientation_ = orientation; }
  bool empty() const noexcept { return samples_.empty(); }
  /// All samples: the planes Y, Cb and Cr.
  std::span<std::uint8_t> samples() noexcept { return samples_.bytes(); }
  std::span<const std::uint8_t> samples() const noexcept { return samples_.bytes(); }

  /// A view of these planes. It is valid until this object is destroyed or assigned to.
  PlanesView view() const noexcept;

 private:
  int width_ = 0;
  int height_ = 0;
  PlaneFormat format_;
  int orientation_ = 1;
  PixelBuffer samples_;
};

/// Converts a picture in planes to RGB, in the orientation in which it is shown. Chroma is
/// interpolated as libjpeg-turbo does by default («fancy upsampling»), with integers; so are the
/// colours. The pixels are on the heap unless `memory` has room. Precondition: a valid view.
YOLOFLEET_API Image to_rgb(const PlanesView& picture,
                           const std::shared_ptr<PixelMemory>& memory = nullptr);

/// Pixels of either kind.
using PixelView = std::variant<ImageView, PlanesView>;

/// A picture in the memory of a GPU. The caller keeps it unchanged until it has taken the result.
/// The Detector reads whole words of 4 bytes: up to 3 bytes before and behind the rows of pixels.
struct DeviceImage {
  /// "cuda:0", or the GPU's UUID: its name in Options::devices. The picture may lie on a GPU that
  /// the Detector doesn't use; it is copied then to one that the Detector uses.
  std::string device;
  PixelView pixels;  ///< its pointers are to memory that was allocated on the device
  /// A cudaStream_t of that device. The Detector waits, on the device, for the work that is on the
  /// stream when the picture is submitted. The default stream is cudaStreamLegacy or
  /// cudaStreamPerThread here. Null: it doesn't wait for a stream.
  void* stream = nullptr;
  /// A cudaEvent_t that the caller has recorded after the work that makes the pixels. The Detector
  /// waits for it on the device, and the caller keeps it until the result. Null: no event.
  void* event = nullptr;
  /// Kept until the picture isn't needed any more; may own the memory. May be empty. A thread of
  /// the Detector drops it when the result is there; other pictures wait for a destructor that
  /// takes long, such as one that frees memory of the device.
  std::shared_ptr<void> owner{};
  /// Set by the Detector: the cudaEvent_t that it recorded on `stream`.
  std::shared_ptr<void> submitted{};
};

}  // namespace yolofleet
