#pragma once

#include <functional>
#include <variant>

#include "image/bytes.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::image {

/// The kind of pixels that a file is decoded to.
enum class Wanted {
  kRgb,
  kPlanes,       ///< kUnsupported for a file that isn't stored in planes
  kPlanesOrRgb,  ///< RGB only for a file that isn't stored in planes
};

/// Chooses the fraction of its size at which a JPEG file is decoded: 1, 2, 4 or 8 means that width
/// and height are divided by as much and rounded up. Gets the size as shown.
using ChooseDivisor = std::function<int(int width, int height)>;

struct Decoded {
  std::variant<Image, Planes> pixels;
  /// The size of the file's picture as shown. A divisor makes `pixels` smaller.
  int width = 0;
  int height = 0;
};

/// Decodes a JPEG, PNG, WebP or BMP file, as Image::decode and Planes::decode say. `divisor` empty:
/// at full size. Errors: theirs.
Result<Decoded> decode(Bytes file, const DecodeLimits& limits, Wanted wanted,
                       const ChooseDivisor& divisor = {});

}  // namespace yolofleet::image
