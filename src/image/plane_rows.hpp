#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "yolofleet/planes.hpp"

/// Pictures as planes of rows, whatever their format: for copying them.
namespace yolofleet::image {

/// A plane of a picture: rows of bytes. Pixels are one plane.
struct PlaneRows {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;     ///< bytes from one row to the next
  std::size_t row_bytes = 0;  ///< without the rest of the stride
  std::size_t rows = 0;

  std::size_t bytes() const noexcept { return row_bytes * rows; }
};

/// Up to three planes.
class PlaneList {
 public:
  void add(const PlaneRows& plane) noexcept { planes_[size_++] = plane; }
  PlaneRows& back() noexcept { return planes_[size_ - 1]; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  const PlaneRows* begin() const noexcept { return planes_.data(); }
  const PlaneRows* end() const noexcept { return planes_.data() + size_; }

 private:
  std::array<PlaneRows, 3> planes_{};
  std::size_t size_ = 0;
};

/// The planes of a picture, in their order: 1 of pixels and of grey, 2 of interleaved chroma, else
/// 3. Precondition: a valid view.
PlaneList planes_of(const PixelView& picture) noexcept;

/// The same with as few rows as possible: rows without a gap are one, and so are planes without a
/// gap between them.
PlaneList joined(const PlaneList& planes) noexcept;

/// The bytes of a picture whose planes lie one after the other, without gaps.
std::size_t packed_bytes(const PixelView& picture) noexcept;

/// Such a picture of this size and format, at `begin`.
PixelView packed_at(const PixelView& picture, const std::uint8_t* begin) noexcept;
PlanesView packed_planes(PlanesView picture, const std::uint8_t* begin) noexcept;

/// Copies a picture to `to`, without gaps. Precondition: `to` has packed_bytes.
void copy_packed(const PixelView& picture, std::uint8_t* to) noexcept;

}  // namespace yolofleet::image
