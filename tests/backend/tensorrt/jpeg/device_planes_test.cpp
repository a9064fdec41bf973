#include "backend/tensorrt/jpeg/device_planes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "backend/tensorrt/jpeg/engine_check.hpp"
#include "image/check_view.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

image::JpegHeader header(int width, int height, Subsampling subsampling) {
  image::JpegHeader made;
  made.width = width;
  made.height = height;
  made.subsampling = subsampling;
  return made;
}

TEST(DevicePlanes, HaveRoomForWholeBlocksAndDontOverlap) {
  for (const Subsampling subsampling : kSubsamplings) {
    for (const auto& [width, height] : {std::array{1, 1}, {17, 33}, {640, 480}, {1001, 7}}) {
      const image::JpegHeader file = header(width, height, subsampling);
      const PlaneLayout layout = layout_of(file);
      PlaneFormat format;
      format.subsampling = subsampling;
      const auto sizes = plane_sizes(format, (width + 15) / 16 * 16, (height + 15) / 16 * 16);
      for (std::size_t plane = 0; plane < 3; ++plane) {
        const std::size_t end = layout.offsets[plane] +
                                layout.strides[plane] * static_cast<std::size_t>(sizes[plane].rows);
        EXPECT_GE(layout.strides[plane], sizes[plane].row_bytes);
        EXPECT_EQ(layout.strides[plane] % 128, 0U);
        EXPECT_LE(end, plane < 2 ? layout.offsets[plane + 1] : layout.bytes);
      }
      alignas(256) std::array<std::uint8_t, 1> block{};
      EXPECT_TRUE(check(planes_at(block.data(), file)));
    }
  }
}

TEST(DevicePlanes, KeepTheOrientation) {
  image::JpegHeader file = header(30, 20, Subsampling::k420);
  file.orientation = 6;
  std::array<std::uint8_t, 1> block{};
  const PlanesView view = planes_at(block.data(), file);
  EXPECT_EQ(view.shown_width(), 20);
  EXPECT_EQ(view.shown_height(), 30);
}

TEST(EngineSkills, AreLookedUpByTheHeader) {
  EngineSkills skills;
  EXPECT_FALSE(skills.any());
  skills.plain[2] = true;  // 4:2:0
  EXPECT_TRUE(skills.any());
  image::JpegHeader file = header(30, 20, Subsampling::k420);
  EXPECT_TRUE(skills.has(file));
  file.restart_interval = 4;
  EXPECT_FALSE(skills.has(file));
  skills.restarts[2] = true;
  EXPECT_TRUE(skills.has(file));
  EXPECT_FALSE(skills.has(header(30, 20, Subsampling::kGrey)));
}

TEST(CheckFiles, AreOfTheKindThatIsAskedFor) {
  for (const Subsampling subsampling : kSubsamplings) {
    for (const bool restarts : {false, true}) {
      const auto file = check_file(331, 203, subsampling, restarts);
      const auto found = image::read_jpeg_header(file);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->subsampling, subsampling);
      EXPECT_EQ(found->restart_interval > 0, restarts);
      EXPECT_TRUE(image::end_of_scan(file, *found));
    }
  }
}

TEST(NvjpegAnswers, HaveATextAndTellWhatTheyAreAbout) {
  EXPECT_EQ(text_of(nvjpeg::Status::kExecutionFailed), "execution failed (6)");
  EXPECT_EQ(text_of(static_cast<nvjpeg::Status>(77)), "unknown answer (77)");
  EXPECT_TRUE(is_about_file(nvjpeg::Status::kBadJpeg));
  EXPECT_TRUE(is_about_file(nvjpeg::Status::kIncompleteBitstream));
  EXPECT_FALSE(is_about_file(nvjpeg::Status::kExecutionFailed));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
