// Any bytes as a picture.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "yolofleet/image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const yolofleet::DecodeLimits kLimits{4'000'000};
  const auto image =
      yolofleet::Image::decode(std::as_bytes(std::span<const std::uint8_t>(data, size)), kLimits);
  const bool sound =
      image ? image->pixels().size() == image->stride() * static_cast<std::size_t>(image->height())
            : !image.error().message.empty();
  if (!sound) {
    std::abort();
  }
  return 0;
}
