#include "backend/tensorrt/plane_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "image/check_view.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

PlanesView picture(int width, int height, bool interleaved, int bits) {
  PlanesView view;
  view.width = width;
  view.height = height;
  view.format.subsampling = Subsampling::k420;
  view.format.interleaved = interleaved;
  view.format.bits = bits;
  return view;
}

/// A decoder of videos gives NV12 and P010.
TEST(PlaneMemoryLayout, InterleavedChromaIsOnePlane) {
  for (const int bits : {8, 10}) {
    const std::size_t sample = bits > 8 ? 2 : 1;
    for (const auto& [width, height] : {std::array{2, 2}, {322, 242}, {1001, 7}, {1920, 1080}}) {
      const PlanesView view = picture(width, height, true, bits);
      const PlaneLayout layout = layout_of(view.format, width, height);
      const auto rows = plane_sizes(view.format, width, height);
      EXPECT_EQ(layout.offsets[0], 0U);
      EXPECT_GE(layout.offsets[1], layout.strides[0] * static_cast<std::size_t>(height));
      EXPECT_GE(layout.bytes,
                layout.offsets[1] + layout.strides[1] * static_cast<std::size_t>(rows[1].rows));
      EXPECT_EQ(layout.offsets[2], layout.bytes) << "the third plane takes no room";
      for (const std::size_t plane : {0U, 1U}) {
        EXPECT_GE(layout.strides[plane], rows[plane].row_bytes);
        EXPECT_EQ(layout.strides[plane] % 128, 0U);
        EXPECT_EQ(layout.offsets[plane] % 256, 0U);
      }

      alignas(256) std::array<std::uint8_t, 1> block{};
      const PlanesView placed = planes_at(block.data(), layout, view);
      EXPECT_TRUE(check(placed));
      EXPECT_EQ(placed.planes[0], block.data());
      EXPECT_EQ(placed.planes[1], block.data() + layout.offsets[1]);
      EXPECT_EQ(placed.planes[2], placed.planes[1] + sample) << "Cr is beside Cb";
      EXPECT_EQ(placed.strides[2], placed.strides[1]);
    }
  }
}

TEST(PlaneMemoryLayout, GreyIsOnePlane) {
  PlanesView view = picture(322, 242, false, 8);
  view.format.subsampling = Subsampling::kGrey;
  const PlaneLayout layout = layout_of(view.format, view.width, view.height);
  EXPECT_EQ(layout.strides[0], 384U);
  EXPECT_EQ(layout.bytes, 384U * 242U);
  std::array<std::uint8_t, 1> block{};
  const PlanesView placed = planes_at(block.data(), layout, view);
  EXPECT_EQ(placed.planes[1], nullptr);
  EXPECT_EQ(placed.planes[2], nullptr);
}

/// The planes of the picture that is copied, which has other gaps, are replaced; the rest stays.
TEST(PlaneMemoryLayout, TheRestOfThePictureStays) {
  std::array<std::uint8_t, 1> block{};
  std::array<std::uint8_t, 1> elsewhere{};
  PlanesView view = picture(30, 20, false, 8);
  view.orientation = 6;
  view.format.matrix = YcbcrMatrix::kBt709;
  view.planes = {elsewhere.data(), elsewhere.data(), elsewhere.data()};
  view.strides = {4096, 4096, 4096};
  const PlanesView placed = planes_at(block.data(), layout_of(view.format, 30, 20), view);
  EXPECT_EQ(placed.strides, (decltype(placed.strides){128, 128, 128}));
  EXPECT_EQ(placed.planes[0], block.data());
  EXPECT_GT(placed.planes[2], placed.planes[1]);
  EXPECT_EQ(placed.format.matrix, YcbcrMatrix::kBt709);
  EXPECT_EQ(placed.shown_width(), 20);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
