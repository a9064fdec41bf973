// Pictures in planes are resized to the values of their RGB, bit by bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "ops/resize.hpp"

namespace yolofleet::ops {
namespace {

/// Samples without any order.
Planes noise(int width, int height, const PlaneFormat& format, int orientation = 1) {
  Planes planes(width, height, format);
  std::mt19937 random(static_cast<unsigned>(width * 1000 + height));
  for (std::uint8_t& byte : planes.samples()) {
    byte = static_cast<std::uint8_t>(random());
  }
  if (format.bits > 8) {  // 2 bytes a sample: no bit above the format's
    for (std::size_t i = 1; i < planes.samples().size(); i += 2) {
      planes.samples()[i] &= static_cast<std::uint8_t>((1 << (format.bits - 8)) - 1);
    }
  }
  planes.set_orientation(orientation);
  return planes;
}

PlaneFormat jfif(Subsampling subsampling) {
  PlaneFormat format;
  format.subsampling = subsampling;
  return format;
}

constexpr std::array kSubsamplings{Subsampling::k444, Subsampling::k422, Subsampling::k420,
                                   Subsampling::k440, Subsampling::kGrey};

std::vector<float> empty_output(graph::Shape input) {
  return std::vector<float>(static_cast<std::size_t>(input.elements()), -1.0F);
}

/// How the values from the planes differ from those from RGB; empty if they don't.
std::string difference(const PlanesView& view, graph::Shape input, Fit fit) {
  std::vector<float> from_planes = empty_output(input);
  std::vector<float> from_rgb = empty_output(input);
  const Placement a = resize(view, input, fit, from_planes);
  const Placement b = resize(to_rgb(view).view(), input, fit, from_rgb);
  if (std::memcmp(&a, &b, sizeof a) != 0) {
    return "placements differ";
  }
  if (std::memcmp(from_planes.data(), from_rgb.data(), from_rgb.size() * sizeof(float)) != 0) {
    const auto [first, second] =
        std::mismatch(from_planes.begin(), from_planes.end(), from_rgb.begin());
    return "value " + std::to_string(first - from_planes.begin()) + " of " +
           std::to_string(view.width) + " x " + std::to_string(view.height) + ", orientation " +
           std::to_string(view.orientation) + ", subsampling " +
           std::to_string(static_cast<int>(view.format.subsampling)) + ": " +
           std::to_string(*first) + " instead of " + std::to_string(*second);
  }
  return {};
}

TEST(ResizePlanes, SmallSizes) {
  for (const Subsampling subsampling : kSubsamplings) {
    for (int width = 1; width <= 9; ++width) {
      for (int height = 1; height <= 9; ++height) {
        const Planes planes = noise(width, height, jfif(subsampling));
        for (const Fit fit : {Fit::kStretch, Fit::kLetterbox}) {
          ASSERT_EQ(difference(planes.view(), {3, 7, 11}, fit), "");
          ASSERT_EQ(difference(planes.view(), {1, 3, 2}, fit), "");
        }
      }
    }
  }
}

TEST(ResizePlanes, UpAndDownInEachOrientation) {
  for (const Subsampling subsampling : kSubsamplings) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      for (const auto& [width, height] : {std::pair{61, 43}, std::pair{40, 90}, std::pair{33, 1}}) {
        const Planes planes = noise(width, height, jfif(subsampling), orientation);
        for (const Fit fit : {Fit::kStretch, Fit::kLetterbox}) {
          for (const int channels : {1, 3}) {
            ASSERT_EQ(difference(planes.view(), {channels, 64, 80}, fit), "");
            ASSERT_EQ(difference(planes.view(), {channels, 20, 12}, fit), "");
            ASSERT_EQ(difference(planes.view(), {channels, height, width}, fit), "");
            ASSERT_EQ(difference(planes.view(), {channels, 1, 1}, fit), "");
          }
        }
      }
    }
  }
}

TEST(ResizePlanes, APhotosSize) {
  for (const Subsampling subsampling : kSubsamplings) {
    const Planes planes = noise(1279, 853, jfif(subsampling));
    EXPECT_EQ(difference(planes.view(), {3, 416, 416}, Fit::kStretch), "");
  }
}

TEST(ResizePlanes, EachColour) {
  Planes planes(256, 256, jfif(Subsampling::k444));
  const std::span<std::uint8_t> samples = planes.samples();
  for (int luma = 0; luma < 256; ++luma) {
    for (std::size_t i = 0; i < 65536; ++i) {
      samples[i] = static_cast<std::uint8_t>(luma);
      samples[65536 + i] = static_cast<std::uint8_t>(i % 256);
      samples[2 * 65536 + i] = static_cast<std::uint8_t>(i / 256);
    }
    ASSERT_EQ(difference(planes.view(), {3, 256, 256}, Fit::kStretch), "") << luma;
  }
}

TEST(ResizePlanes, EachFormat) {
  for (const Subsampling subsampling : kSubsamplings) {
    for (const YcbcrMatrix matrix :
         {YcbcrMatrix::kBt601, YcbcrMatrix::kBt709, YcbcrMatrix::kBt2020}) {
      for (const YcbcrRange range : {YcbcrRange::kFull, YcbcrRange::kLimited}) {
        for (const int bits : {8, 10, 16}) {
          for (const bool interleaved : {false, true}) {
            if (interleaved && subsampling == Subsampling::kGrey) {
              continue;
            }
            const PlaneFormat format{subsampling, matrix, range, bits, interleaved};
            for (const int orientation : {1, 6}) {
              const Planes planes = noise(29, 17, format, orientation);
              ASSERT_EQ(difference(planes.view(), {3, 20, 24}, Fit::kLetterbox), "");
              ASSERT_EQ(difference(planes.view(), {1, 9, 9}, Fit::kStretch), "");
            }
          }
        }
      }
    }
  }
}

/// The same picture in memory that is exactly as long as it must be, with rows that have gaps: a
/// sanitizer sees a byte that is read behind the last row.
TEST(ResizePlanes, RowsWithGapsAndNoByteBehindTheLast) {
  constexpr std::size_t kGap = 5;
  for (const Subsampling subsampling : kSubsamplings) {
    const Planes planes = noise(37, 23, jfif(subsampling));
    const PlanesView whole = planes.view();
    PlanesView view = whole;
    std::array<std::vector<std::uint8_t>, 3> copies;
    const auto sizes = plane_sizes(view.format, view.width, view.height);
    for (std::size_t plane = 0; plane < 3; ++plane) {
      const auto [row_bytes, rows] = sizes[plane];
      for (int y = 0; y < rows; ++y) {
        const std::uint8_t* const row =
            whole.planes[plane] + static_cast<std::size_t>(y) * whole.strides[plane];
        copies[plane].insert(copies[plane].end(), row, row + row_bytes);
        copies[plane].insert(copies[plane].end(), y + 1 < rows ? kGap : 0, 255);
      }
      copies[plane].shrink_to_fit();
      view.planes[plane] = copies[plane].data();
      view.strides[plane] = row_bytes + kGap;
    }
    std::vector<float> expected = empty_output({3, 30, 30});
    std::vector<float> found = empty_output({3, 30, 30});
    resize(whole, {3, 30, 30}, Fit::kStretch, expected);
    resize(view, {3, 30, 30}, Fit::kStretch, found);
    EXPECT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace yolofleet::ops
