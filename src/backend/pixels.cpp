#include "backend/pixels.hpp"

#include <array>
#include <utility>

#include "image/decode.hpp"

namespace yolofleet::backend {

int divisor_for(int width, int height, graph::Shape input, ops::Fit fit) noexcept {
  const ops::Area area = ops::fitted_area(width, height, input, fit);
  for (const int divisor : {8, 4, 2}) {
    if (width / divisor >= area.width && height / divisor >= area.height) {
      return divisor;
    }
  }
  return 1;
}

Result<void> decode_in_place(Job& job, const FileDecoding& how) {
  const auto* const encoded = std::get_if<EncodedImage>(&job.picture);
  if (encoded == nullptr) {
    return {};
  }
  image::ChooseDivisor divisor;
  if (how.scale == DecodeScale::kAuto && !how.keep_pixels) {
    divisor = [&how](int width, int height) {
      return divisor_for(width, height, how.input, how.fit);
    };
  }
  // Planes for GPUs because they are half the bytes on the bus. For the CPU because decoding and
  // resize together take 5.8 ms of a megapixel in 4:2:0 and 6.2 ms by RGB, 56 and 78 ms of 12
  // megapixels; of small pictures in 4:4:4 about the same (docs/cpu.md).
  const image::Wanted wanted = how.keep_pixels ? image::Wanted::kRgb : image::Wanted::kPlanesOrRgb;
  auto decoded = image::decode(*encoded, how.limits, wanted, divisor);
  if (!decoded) {
    return tl::unexpected(std::move(decoded).error());
  }
  std::visit([&job](auto& pixels) { job.picture = std::move(pixels); }, decoded->pixels);
  const ShownSize size = shown_size(pixels_of(job.picture));
  if (size.width != decoded->width || size.height != decoded->height) {
    job.full_size = {decoded->width, decoded->height};
  }
  return {};
}

void to_full_size(PictureResult& result, const Job& job) noexcept {
  if (job.full_size.width == 0 || result.width == 0) {
    return;
  }
  const float across = static_cast<float>(job.full_size.width) / static_cast<float>(result.width);
  const float down = static_cast<float>(job.full_size.height) / static_cast<float>(result.height);
  result.width = job.full_size.width;
  result.height = job.full_size.height;
  for (Detection& detection : result.detections) {
    detection.box.x *= across;
    detection.box.width *= across;
    detection.box.y *= down;
    detection.box.height *= down;
  }
}

}  // namespace yolofleet::backend
