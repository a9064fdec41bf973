#include "image/codecs.hpp"

#include "base/fail.hpp"

namespace yolofleet::image {

Result<void> check_size(std::string_view format, std::int64_t width, std::int64_t height,
                        const DecodeLimits& limits) {
  // Larger sides would overflow the integers that hold pixel counts and row sizes.
  constexpr std::int64_t kMaxSide = 1 << 28;
  if (width < 1 || height < 1) {
    return base::fail(ErrorCode::kMalformed, "{} is corrupt: a size of {} x {}", format, width,
                      height);
  }
  if (width > kMaxSide || height > kMaxSide || width * height > limits.max_pixels) {
    return base::fail(ErrorCode::kTooLarge,
                      "{} of {} x {} pixels is too large: at most {} pixels are decoded", format,
                      width, height, limits.max_pixels);
  }
  return {};
}

}  // namespace yolofleet::image
