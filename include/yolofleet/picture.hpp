#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet {

/// The bytes of a JPEG, PNG, WebP or BMP file.
using EncodedImage = std::vector<std::byte>;

/// A picture to detect in. An ImageView: pixels that the caller keeps alive until it has taken the
/// picture's result. An Image: pixels that the caller hands over. An EncodedImage: a file that the
/// caller hands over and the library decodes.
using Picture = std::variant<ImageView, Image, EncodedImage>;

/// The detections of one picture, or the error in their place.
struct PictureResult {
  std::uint64_t index = 0;  ///< counts the submitted pictures of a Detector, from 0
  int width = 0;            ///< of the picture as shown; 0 if it could not be decoded
  int height = 0;
  std::vector<Detection> detections;  ///< by falling confidence
  std::optional<Error> error;         ///< set: this picture failed, `detections` is empty
  std::string device;                 ///< that ran it: "cpu", "cuda:0"
  Image pixels;                       ///< with Options::keep_pixels, if the picture was not a view
};

}  // namespace yolofleet
