#include "image/plane_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace yolofleet::image {
namespace {

constexpr PlaneFormat k420{};

/// Copies the picture, and expects the copy to be the same picture in one piece.
void expect_packed(const PixelView& picture) {
  std::vector<std::uint8_t> copy(packed_bytes(picture));
  copy_packed(picture, copy.data());
  const PixelView packed = packed_at(picture, copy.data());
  const PlaneList whole = joined(planes_of(packed));
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole.begin()->data, copy.data());
  EXPECT_EQ(whole.begin()->row_bytes, copy.size());
  EXPECT_EQ(whole.begin()->rows, 1U);
  const PlaneList from = planes_of(picture);
  const PlaneList to = planes_of(packed);
  ASSERT_EQ(from.size(), to.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    const PlaneRows& a = from.begin()[i];
    const PlaneRows& b = to.begin()[i];
    EXPECT_EQ(b.stride, b.row_bytes);
    ASSERT_EQ(a.rows, b.rows);
    ASSERT_EQ(a.row_bytes, b.row_bytes);
    for (std::size_t y = 0; y < a.rows; ++y) {
      EXPECT_TRUE(std::equal(a.data + y * a.stride, a.data + y * a.stride + a.row_bytes,
                             b.data + y * b.stride));
    }
  }
}

std::vector<std::uint8_t> counted(std::size_t bytes) {
  std::vector<std::uint8_t> values(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    values[i] = static_cast<std::uint8_t>(i * 7 + 1);
  }
  return values;
}

TEST(PlaneRows, PixelsArePackedWithAndWithoutGaps) {
  const auto bytes = counted(20 * 4);
  expect_packed(ImageView{bytes.data(), 5, 4, 15, PixelFormat::kRgb});
  expect_packed(ImageView{bytes.data(), 5, 4, 20, PixelFormat::kBgr});
  expect_packed(ImageView{bytes.data(), 5, 4, 20, PixelFormat::kGrey});
}

TEST(PlaneRows, PlanesArePackedInEveryFormat) {
  const auto bytes = counted(3 * 16 * 7);
  for (const Subsampling subsampling : {Subsampling::k444, Subsampling::k422, Subsampling::k420,
                                        Subsampling::k440, Subsampling::kGrey}) {
    for (const int bits : {8, 10}) {
      for (const bool interleaved : {false, true}) {
        if (interleaved && subsampling == Subsampling::kGrey) {
          continue;
        }
        PlanesView view;
        view.width = 3;
        view.height = 7;
        view.format.subsampling = subsampling;
        view.format.bits = bits;
        view.format.interleaved = interleaved;
        for (std::size_t i = 0; i < 3; ++i) {
          view.planes[i] = bytes.data() + i * 16 * 7;
          view.strides[i] = 16;
        }
        expect_packed(view);
      }
    }
  }
}

TEST(PlaneRows, OfPlanesTheViewIsPacked) {
  Planes planes{5, 3, k420};
  EXPECT_EQ(packed_bytes(planes.view()), 5U * 3 + 2 * 3 * 2);
  EXPECT_EQ(joined(planes_of(planes.view())).size(), 1U);
}

TEST(PlaneRows, ACopyOfPlanesHasItsOwnSamples) {
  Planes planes{5, 3, k420};
  std::fill(planes.samples().begin(), planes.samples().end(), std::uint8_t{7});
  planes.set_orientation(6);
  const Planes copy = planes;
  planes.samples()[0] = 1;
  EXPECT_EQ(copy.samples()[0], 7);
  EXPECT_EQ(copy.view().orientation, 6);
  EXPECT_EQ(packed_bytes(copy.view()), planes.samples().size());
  EXPECT_TRUE(Planes{Planes{}}.empty());
}

TEST(PlaneRows, PlanesWithAGapBetweenThemStayApart) {
  const auto bytes = counted(100);
  PlanesView view;
  view.width = 4;
  view.height = 2;
  view.planes = {bytes.data(), bytes.data() + 8, bytes.data() + 11};
  view.strides = {4, 2, 2};
  const PlaneList list = joined(planes_of(view));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.begin()[0].row_bytes, 10U);
  EXPECT_EQ(list.begin()[1].row_bytes, 2U);
  EXPECT_EQ(list.begin()[1].data, view.planes[2]);
}

}  // namespace
}  // namespace yolofleet::image
