#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::command {

/// A picture that every device is shown.
struct VerifyPicture {
  std::string name;
  Image pixels;
};

struct VerifyPictures {
  std::vector<VerifyPicture> pictures;
  bool made_up = false;
  bool more = false;                ///< the inputs have more than were taken
  std::vector<std::string> failed;  ///< why a picture couldn't be read, a line each
};

/// Decodes pictures of the inputs (as detect has them), the first `limit`, or fewer that take a GiB
/// of memory. One that can't be read is noted in `failed`. Errors: kInvalidArgument (an input
/// without a picture), a list's own, and the first picture's where none can be read.
Result<VerifyPictures> read_pictures(const std::vector<std::string>& inputs, std::size_t limit,
                                     std::int64_t max_pixels);

/// Shades, rectangles and noise, the same ones on every machine: one picture of the network's input
/// size, and three of other sizes, so that resizing is compared as well.
VerifyPictures make_up_pictures(InputSize input);

}  // namespace yolofleet::command
