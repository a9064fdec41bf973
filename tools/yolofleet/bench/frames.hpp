#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "bench/measure.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::command {

/// Decoded pictures and views of them.
class BenchFrames {
 public:
  /// Adds kBenchFrames made-up frames in `memory` (null: the heap). Their samples are random: zeros
  /// would be faster than pictures.
  void make_up(const BenchPictures& pictures, BenchPixels pixels,
               const std::shared_ptr<PixelMemory>& memory);

  /// Adds a file's picture. Errors: those of Image::decode.
  Result<void> decode(const BenchFile& file, BenchPixels pixels, const DecodeLimits& limits);

  const std::vector<PixelView>& views() const noexcept { return views_; }

 private:
  void add(Image image) { views_.emplace_back(images_.emplace_back(std::move(image)).view()); }
  void add(Planes planes) { views_.emplace_back(planes_.emplace_back(std::move(planes)).view()); }

  std::deque<Image> images_;  // adding to a deque moves nothing
  std::deque<Planes> planes_;
  std::vector<PixelView> views_;
};

}  // namespace yolofleet::command
