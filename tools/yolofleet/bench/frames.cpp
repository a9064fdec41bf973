#include "bench/frames.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <utility>

namespace yolofleet::command {

void BenchFrames::make_up(const BenchPictures& pictures, BenchPixels pixels,
                          const std::shared_ptr<PixelMemory>& memory) {
  std::mt19937 random{1};
  const auto fill = [&random](std::span<std::uint8_t> bytes) {
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::uint8_t>(random()); });
  };
  for (std::size_t i = 0; i < kBenchFrames; ++i) {
    if (pixels == BenchPixels::kPlanes) {
      Planes planes{pictures.width, pictures.height, {}, memory};
      fill(planes.samples());
      add(std::move(planes));
    } else {
      Image image{pictures.width, pictures.height, PixelFormat::kRgb, memory};
      fill(image.pixels());
      add(std::move(image));
    }
  }
}

Result<void> BenchFrames::decode(const BenchFile& file, BenchPixels pixels,
                                 const DecodeLimits& limits) {
  if (pixels == BenchPixels::kPlanes) {
    if (auto planes = Planes::decode(file.bytes, limits)) {
      add(*std::move(planes));
      return {};
    }
  }
  return Image::decode(file.bytes, limits).map([this](Image image) { add(std::move(image)); });
}

}  // namespace yolofleet::command
