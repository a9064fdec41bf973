#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet {

/// The bytes of a JPEG, PNG, WebP or BMP file.
using EncodedImage = std::vector<std::byte>;

/// A picture to detect objects in, one of:
/// - ImageView: the caller owns the pixels and keeps them unchanged until it has taken the result;
/// - Image: the Detector takes over the pixels;
/// - EncodedImage: the Detector takes over the file and decodes it;
/// - PlanesView and Planes: as ImageView and Image, in planes of luma and chroma;
/// - DeviceImage: pixels in a GPU's memory.
using Picture = std::variant<ImageView, Image, EncodedImage, PlanesView, Planes, DeviceImage>;

/// The detections of one picture, or the error in their place.
struct PictureResult {
  /// The ticket that `submit` returned. In the results of Detector::detect: the picture's position
  /// in the span.
  std::uint64_t index = 0;
  int width = 0;                      ///< of the picture as shown, in pixels; 0 if not decoded
  int height = 0;                     ///< as `width`
  std::vector<Detection> detections;  ///< by falling confidence
  /// Weaker detections that Options::max_detections left out.
  std::uint64_t detections_cut = 0;
  /// The weakest candidates (boxes over the confidence threshold, before non-maximum suppression),
  /// dropped because a GPU keeps at most 16,384 of a picture. 0 on the CPU.
  std::uint64_t candidates_dropped = 0;
  std::optional<Error> error;  ///< set: this picture failed and `detections` is empty
  std::string device;          ///< device that ran it, or failed to: "cuda:0"; or empty
  Image pixels;  ///< with Options::keep_pixels, of an Image or an EncodedImage; else empty
  std::any tag;  ///< as given to `submit`; may be empty
};

}  // namespace yolofleet
