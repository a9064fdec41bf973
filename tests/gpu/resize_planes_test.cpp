#include <cmath>
#include <cstring>
#include <deque>
#include <iostream>
#include <utility>

#include "gpu/resize_on_gpu.hpp"
#include "ops/resize.hpp"

namespace yolofleet::ops {
namespace {

using testing::RandomPlanes;

class ResizePlanesCuda : public testing::GpuTest {};

constexpr std::pair<int, int> kSizes[] = {
    {1, 1}, {2, 1},  {1, 2},   {2, 2},     {3, 3},     {4, 5},   {5, 4},   {6, 6},
    {7, 7}, {17, 9}, {64, 48}, {333, 217}, {768, 576}, {900, 3}, {3, 900}, {416, 416}};

constexpr Subsampling kSubsamplings[] = {Subsampling::k444, Subsampling::k422, Subsampling::k420,
                                         Subsampling::k440, Subsampling::kGrey};

PlaneFormat format_of(Subsampling subsampling, YcbcrMatrix matrix, YcbcrRange range, int bits,
                      bool interleaved) {
  return {subsampling, matrix, range, bits, interleaved};
}

/// Pictures of all sizes and subsamplings in this format. Those of small sizes come in all
/// orientations, unless `upright`.
std::deque<RandomPlanes> pictures_of(PlaneFormat format, bool upright) {
  std::deque<RandomPlanes> pictures;
  for (const Subsampling subsampling : kSubsamplings) {
    if (format.interleaved && subsampling == Subsampling::kGrey) {
      continue;
    }
    format.subsampling = subsampling;
    for (const auto& [width, height] : kSizes) {
      for (int orientation = 1; orientation <= (upright ? 1 : 8); ++orientation) {
        if (orientation == 1 || width * height < 10'000) {
          pictures.emplace_back(width, height, format, orientation);
        }
      }
    }
  }
  return pictures;
}

template <typename T>
std::uint64_t bits_of(T value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

/// Compares with the same pictures as RGB, bit by bit, and returns how many values differ.
template <typename T>
std::size_t differing_values(int device, const std::deque<RandomPlanes>& pictures,
                             graph::Shape input, Fit fit) {
  std::vector<PixelView> planes;
  std::deque<Image> images;
  std::vector<PixelView> rgb;
  for (const RandomPlanes& picture : pictures) {
    planes.emplace_back(picture.view());
    rgb.emplace_back(images.emplace_back(to_rgb(picture.view())).view());
  }
  const std::vector<T> by_planes = testing::resized_on_gpu<T>(device, planes, input, fit);
  const std::vector<T> by_rgb = testing::resized_on_gpu<T>(device, rgb, input, fit);
  std::size_t different = 0;
  const auto size = static_cast<std::size_t>(input.elements());
  for (std::size_t i = 0; i < by_rgb.size(); ++i) {
    if (bits_of(by_planes[i]) != bits_of(by_rgb[i])) {
      const PlanesView& view = pictures[i / size].view();
      if (different++ == 0) {
        ADD_FAILURE() << view.width << " x " << view.height << ", subsampling "
                      << static_cast<int>(view.format.subsampling) << ", bits " << view.format.bits
                      << ", interleaved " << view.format.interleaved << ", orientation "
                      << view.orientation << ": value " << i % size << " of the picture";
      }
    }
  }
  return different;
}

constexpr graph::Shape kNetworkInputs[] = {{3, 96, 160}, {1, 160, 96}};

TEST_F(ResizePlanesCuda, GivesTheBitsOfRgb) {
  const PlaneFormat formats[] = {
      format_of(Subsampling::k420, YcbcrMatrix::kBt601, YcbcrRange::kFull, 8, false),
      format_of(Subsampling::k420, YcbcrMatrix::kBt709, YcbcrRange::kLimited, 8, false),
      format_of(Subsampling::k420, YcbcrMatrix::kBt709, YcbcrRange::kLimited, 8, true),
      format_of(Subsampling::k420, YcbcrMatrix::kBt2020, YcbcrRange::kLimited, 10, false),
      format_of(Subsampling::k420, YcbcrMatrix::kBt2020, YcbcrRange::kFull, 16, true),
      format_of(Subsampling::k420, YcbcrMatrix::kBt601, YcbcrRange::kFull, 12, false)};
  for (const PlaneFormat& format : formats) {
    const auto pictures = pictures_of(format, false);
    for (const graph::Shape& input : kNetworkInputs) {
      EXPECT_EQ(differing_values<float>(device(), pictures, input, Fit::kStretch), 0U);
      EXPECT_EQ(differing_values<float>(device(), pictures, input, Fit::kLetterbox), 0U);
      EXPECT_EQ(differing_values<__half>(device(), pictures, input, Fit::kLetterbox), 0U);
    }
  }
}

TEST_F(ResizePlanesCuda, OfANetworksSizeGivesTheBitsOfRgb) {
  const auto pictures = pictures_of({}, true);
  for (const graph::Shape& input : {graph::Shape{3, 416, 416}, graph::Shape{3, 608, 352}}) {
    EXPECT_EQ(differing_values<__half>(device(), pictures, input, Fit::kStretch), 0U);
    EXPECT_EQ(differing_values<float>(device(), pictures, input, Fit::kLetterbox), 0U);
  }
}

TEST_F(ResizePlanesCuda, IsTheCpusVersion) {
  const graph::Shape input{3, 96, 160};
  const auto pictures = pictures_of({}, false);
  std::vector<PixelView> views;
  for (const RandomPlanes& picture : pictures) {
    views.emplace_back(picture.view());
  }
  const auto size = static_cast<std::size_t>(input.elements());
  const std::vector<float> values =
      testing::resized_on_gpu<float>(device(), views, input, Fit::kLetterbox);
  std::vector<float> expected(size);
  float largest = 0;
  for (std::size_t p = 0; p < pictures.size(); ++p) {
    resize(pictures[p].view(), input, Fit::kLetterbox, expected);
    for (std::size_t i = 0; i < size; ++i) {
      const float error = std::abs(values[p * size + i] - expected[i]);
      largest = error <= largest ? largest : error;  // NaN counts
    }
  }
  EXPECT_LT(largest, 1e-6F);
}

TEST_F(ResizePlanesCuda, TheFastKernelTakesWhatMostJpegFilesHave) {
  const graph::Shape input{3, 416, 416};
  const auto kind = [&](const PlaneFormat& format, int orientation) {
    const RandomPlanes picture{64, 48, format, orientation};
    return device_picture(picture.view(), input, Fit::kStretch).kind;
  };
  for (const Subsampling fast : {Subsampling::k444, Subsampling::k422, Subsampling::k420}) {
    EXPECT_EQ(kind({fast}, 1), PictureKind::kPlanar);
    EXPECT_EQ(kind({fast}, 6), PictureKind::kGeneral);
  }
  EXPECT_EQ(kind({Subsampling::k440}, 1), PictureKind::kGeneral);
  EXPECT_EQ(kind({Subsampling::kGrey}, 1), PictureKind::kGeneral);
}

}  // namespace
}  // namespace yolofleet::ops
