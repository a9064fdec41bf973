#pragma once

#include <variant>

#include "backend/lane.hpp"
#include "graph/shape.hpp"
#include "ops/resize.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet::backend {

/// How files are decoded for lanes. `Options` has the defaults; the zeros here are none.
struct FileDecoding {
  DecodeLimits limits;  ///< and the memory that pixels are decoded to
  /// Options::keep_pixels: always to RGB and at full size. Else to planes if the file is stored in
  /// them.
  bool keep_pixels = false;
  DecodeScale scale{};
  graph::Shape input{};  ///< of the network, for `scale`
  ops::Fit fit{};        ///< for `scale`
};

/// The divisor of a JPEG picture's sides while it is decoded: the largest of 1, 2, 4 and 8 with
/// which the picture, of `width` x `height` pixels as shown, isn't smaller than the area
/// that it fills in the network's input.
int divisor_for(int width, int height, graph::Shape input, ops::Fit fit) noexcept;

/// Decodes an encoded file and puts the pixels in its place, and sets Job::full_size if they are
/// smaller than the file's picture; other pictures stay as they are. Errors: Image::decode's; the
/// file stays in the job then.
Result<void> decode_in_place(Job& job, const FileDecoding& how);

/// Makes a result that refers to the job's pixels refer to the file's picture, as Job::full_size
/// says.
void to_full_size(PictureResult& result, const Job& job) noexcept;

/// The pixels of a picture that isn't an encoded file; throws std::bad_variant_access for one.
inline PixelView pixels_of(const Picture& picture) {
  if (const auto* const image = std::get_if<Image>(&picture)) {
    return image->view();
  }
  if (const auto* const planes = std::get_if<Planes>(&picture)) {
    return planes->view();
  }
  if (const auto* const view = std::get_if<PlanesView>(&picture)) {
    return *view;
  }
  if (const auto* const on_device = std::get_if<DeviceImage>(&picture)) {
    return on_device->pixels;
  }
  return std::get<ImageView>(picture);
}

inline ShownSize shown_size(const PixelView& pixels) noexcept {
  if (const auto* const planes = std::get_if<PlanesView>(&pixels)) {
    return {planes->shown_width(), planes->shown_height()};
  }
  const auto* const view = std::get_if<ImageView>(&pixels);
  return {view->width, view->height};
}

}  // namespace yolofleet::backend
