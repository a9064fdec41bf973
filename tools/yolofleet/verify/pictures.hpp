#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "input/source.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::command {

/// A picture that every device processes.
struct VerifyPicture {
  std::string name;
  Image pixels;
};

/// Why pictures of the inputs were left out.
enum class More {
  kNone,
  kOverLimit,  ///< pictures over PictureLimits::pictures
  kOverMemory  ///< pictures beyond PictureLimits::bytes
};

struct PictureLimits {
  std::size_t pictures = 0;
  std::int64_t max_pixels = 0;                ///< of each
  int stop_descriptor = -1;                   ///< as SourceContext's
  std::size_t bytes = std::size_t{1} << 30U;  ///< of all pixels
};

struct VerifyPictures {
  std::vector<VerifyPicture> pictures;
  bool made_up = false;
  More more = More::kNone;
  std::vector<std::string> failed;   ///< why a picture couldn't be read, a line each
  std::vector<std::string> skipped;  ///< Inputs::skipped
};

/// Decodes the first pictures, up to the one that reaches PictureLimits::bytes. A picture that
/// can't be read is noted in `failed`. Errors: kInvalidArgument (an input without a picture), the
/// error of the first picture if none can be read, kCancelled.
Result<VerifyPictures> read_pictures(Inputs& inputs, const PictureLimits& most);

/// Shades, rectangles and noise, the same ones on every machine: one picture of the network's input
/// size, and three of other sizes, so that resizing is compared as well.
VerifyPictures make_up_pictures(InputSize input);

}  // namespace yolofleet::command
