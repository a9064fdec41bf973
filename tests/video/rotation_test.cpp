#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

struct Turn {
  int orientation;            // as PlanesView::orientation
  std::array<int, 4> matrix;  // a, b, c, d: a point (x, y) is shown at (ax + cy, bx + dy)
};

void PrintTo(const Turn& turn, std::ostream* out) {
  *out << turn.orientation;
}

class EachTurn : public VideoTest, public ::testing::WithParamInterface<Turn> {
 protected:
  /// A copy of an MP4 file with another display matrix, in its box «tkhd».
  std::string turned(const std::string& file, const std::array<int, 4>& matrix) const {
    constexpr std::size_t kMatrix = 44;  // bytes from the box's name
    constexpr std::array<std::size_t, 4> kPlaces{0, 1, 3, 4};
    std::string bytes = content_of(file);
    const std::size_t box = bytes.find("tkhd");
    for (std::size_t number = 0; number < matrix.size(); ++number) {
      const std::size_t at = box + kMatrix + 4 * kPlaces[number];
      const int value = matrix[number];  // of 16.16 bits
      bytes[at] = bytes[at + 1] = static_cast<char>(value < 0 ? -1 : 0);
      bytes[at + 1] = static_cast<char>(value);
      bytes[at + 2] = bytes[at + 3] = 0;
    }
    return write("turned.mp4", bytes);
  }
};

TEST_P(EachTurn, IsShownAsFfmpegShowsIt) {
  // No turn or mirroring of this picture looks like another.
  const std::string plain = clip("a.mp4",
                                 "-f lavfi -i \"nullsrc=s=64x48:r=25:d=0.04,format=yuv420p,"
                                 "geq=lum='60+2*X+Y/2':cb=128:cr=128\" -c:v libx264 -qp 1");
  const std::string video = turned(plain, GetParam().matrix);
  const Read read = read_all(video);
  ASSERT_FALSE(read.error) << read.error->message;
  const Planes& picture = read.frames.front().picture;
  EXPECT_EQ(picture.orientation(), GetParam().orientation);
  EXPECT_EQ(picture.width(), 64);
  const bool upright = GetParam().orientation < 5;
  EXPECT_EQ(read.info.width, upright ? 64 : 48);
  EXPECT_EQ(read.info.height, upright ? 48 : 64);

  const Image shown = to_rgb(picture.view());
  EXPECT_EQ(shown.width(), read.info.width);
  const std::string expected = output_of("ffmpeg -v error -nostdin -i '" + video +
                                         "' -frames:v 1 -pix_fmt rgb24 -f rawvideo -");
  ASSERT_EQ(shown.pixels().size(), expected.size());
  for (std::size_t at = 0; at < expected.size(); ++at) {
    ASSERT_LE(std::abs(shown.pixels()[at] - static_cast<std::uint8_t>(expected[at])), 3) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Video, EachTurn,
                         ::testing::Values(Turn{1, {1, 0, 0, 1}}, Turn{2, {-1, 0, 0, 1}},
                                           Turn{3, {-1, 0, 0, -1}}, Turn{4, {1, 0, 0, -1}},
                                           Turn{5, {0, 1, 1, 0}}, Turn{6, {0, 1, -1, 0}},
                                           Turn{7, {0, -1, -1, 0}}, Turn{8, {0, -1, 1, 0}}),
                         [](const auto& each) {
                           return "orientation" + std::to_string(each.param.orientation);
                         });

}  // namespace
}  // namespace yolofleet::video
