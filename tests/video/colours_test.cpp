#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

/// Colours that change slowly over the picture. Programs interpolate chroma in different ways, so
/// only such pictures can be compared: at edges they differ by design.
constexpr const char* kSmooth =
    "-f lavfi -i \"nullsrc=s=130x98:r=25:d=0.04,format=yuv444p,"
    "geq=lum='60+X/2+Y/2':cb='100+X/4':cr='150-Y/4'\"";

/// FFmpeg's own conversion of the first frame to RGB.
std::string rgb_by_ffmpeg(const std::string& video, const std::string& matrix,
                          const std::string& range) {
  return output_of(fmt::format(
      "ffmpeg -v error -nostdin -i '{}' -frames:v 1 -vf scale=in_color_matrix={}:in_range={}:"
      "out_range=pc:flags=accurate_rnd+full_chroma_int+full_chroma_inp+bilinear,format=rgb24 "
      "-f rawvideo -",
      video, matrix, range));
}

/// The largest difference between bytes; 256 for other counts.
int difference(const Image& image, const std::string& expected) {
  const auto pixels = image.pixels();
  if (pixels.size() != expected.size()) {
    return 256;
  }
  int largest = 0;
  for (std::size_t at = 0; at < pixels.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(expected[at]);
    largest = std::max(largest, std::abs(int{pixels[at]} - int{byte}));
  }
  return largest;
}

struct Colours {
  const char* name;
  const char* file;
  const char* options;  // pixel format, codec, matrix and range, as FFmpeg's command names them
  PlaneFormat format;
  int tolerance = 1;
};

void PrintTo(const Colours& colours, std::ostream* out) {
  *out << colours.options;
}

const char* ffmpeg_name(YcbcrMatrix matrix) {
  return matrix == YcbcrMatrix::kBt709 ? "bt709"
                                       : (matrix == YcbcrMatrix::kBt2020 ? "bt2020" : "bt601");
}

class EachKindOfPixel : public VideoTest, public ::testing::WithParamInterface<Colours> {};

TEST_P(EachKindOfPixel, HasTheColoursOfFfmpegWithinOneLevel) {
  const Colours& colours = GetParam();
  const std::string video = clip(colours.file, std::string(kSmooth) + " " + colours.options);
  const Read read = read_all(video);
  ASSERT_FALSE(read.error) << read.error->message;
  ASSERT_EQ(read.frames.size(), 1U);
  const Planes& picture = read.frames.front().picture;
  EXPECT_TRUE(picture.format() == colours.format);
  const bool full = colours.format.range == YcbcrRange::kFull;
  const std::string expected =
      rgb_by_ffmpeg(video, ffmpeg_name(colours.format.matrix), full ? "pc" : "tv");
  EXPECT_LE(difference(to_rgb(picture.view()), expected), colours.tolerance);
}

constexpr auto k420 = Subsampling::k420;
constexpr auto k422 = Subsampling::k422;
constexpr auto k440 = Subsampling::k440;
constexpr auto k444 = Subsampling::k444;
constexpr auto kGrey = Subsampling::kGrey;
constexpr auto k601 = YcbcrMatrix::kBt601;
constexpr auto k709 = YcbcrMatrix::kBt709;
constexpr auto k2020 = YcbcrMatrix::kBt2020;
constexpr auto kFull = YcbcrRange::kFull;
constexpr auto kTv = YcbcrRange::kLimited;

INSTANTIATE_TEST_SUITE_P(
    Video, EachKindOfPixel,
    ::testing::Values(
        Colours{"limited_601",
                "a.mp4",
                "-c:v libx264 -qp 1 -pix_fmt yuv420p -colorspace bt470bg",
                {k420, k601, kTv}},
        Colours{"limited_709",
                "a.mp4",
                "-c:v libx264 -qp 1 -pix_fmt yuv420p -colorspace bt709",
                {k420, k709, kTv}},
        Colours{"full_709",
                "a.mp4",
                "-c:v libx264 -qp 1 -pix_fmt yuv420p -colorspace bt709 -color_range pc",
                {k420, k709, kFull}},
        Colours{"bt2020_10_bits",
                "a.mp4",
                "-c:v libx265 -x265-params log-level=none:lossless=1 -pix_fmt yuv420p10le "
                "-colorspace bt2020nc",
                {k420, k2020, kTv, 10}},
        // Its blocks have edges, which are interpolated in different ways.
        Colours{"mjpeg", "a.avi", "-c:v mjpeg -q:v 1 -pix_fmt yuvj420p", {k420, k601, kFull}, 2},
        Colours{"unnamed", "a.mkv", "-c:v ffv1 -pix_fmt yuv420p", {k420, k601, kTv}},
        Colours{"yuv422", "a.mkv", "-c:v ffv1 -pix_fmt yuv422p", {k422, k601, kTv}},
        Colours{"yuv440", "a.mkv", "-c:v ffv1 -pix_fmt yuv440p", {k440, k601, kTv}},
        Colours{"yuv444", "a.mkv", "-c:v ffv1 -pix_fmt yuv444p", {k444, k601, kTv}},
        Colours{"yuv444_12_bits", "a.mkv", "-c:v ffv1 -pix_fmt yuv444p12le", {k444, k601, kTv, 12}},
        Colours{"yuv420_16_bits", "a.mkv", "-c:v ffv1 -pix_fmt yuv420p16le", {k420, k601, kTv, 16}},
        Colours{"alpha", "a.mkv", "-c:v ffv1 -pix_fmt yuva420p", {k420, k601, kTv}},
        Colours{"grey", "a.mkv", "-c:v ffv1 -pix_fmt gray", {kGrey, k601, kFull}},
        Colours{"grey_10_bits", "a.mkv", "-c:v ffv1 -pix_fmt gray10le", {kGrey, k601, kFull, 10}},
        Colours{"nv12", "a.nut", "-c:v rawvideo -pix_fmt nv12", {k420, k601, kTv, 8, true}},
        Colours{"yuyv422", "a.nut", "-c:v rawvideo -pix_fmt yuyv422", {k422, k601, kTv}},
        Colours{"yuv411", "a.nut", "-c:v rawvideo -pix_fmt yuv411p", {k444, k601, kTv}}),
    [](const auto& each) { return std::string(each.param.name); });

class VideoColours : public VideoTest {};

TEST_F(VideoColours, RgbBecomesPlanesOfTheFullRange) {
  for (const std::string pixels : {"bgr24", "rgb24", "pal8", "gbrp", "rgba"}) {
    const bool planar = pixels == "gbrp";
    const std::string codec = planar ? "ffv1" : (pixels == "pal8" ? "gif" : "rawvideo");
    const std::string video = clip(planar ? "a.mkv" : (codec == "gif" ? "a.gif" : "a.nut"),
                                   std::string(kSmooth) + " -pix_fmt " + pixels + " -c:v " + codec);
    const Read read = read_all(video);
    ASSERT_FALSE(read.error) << pixels << ": " << read.error->message;
    const Planes& picture = read.frames.front().picture;
    EXPECT_TRUE((picture.format() == PlaneFormat{k444, k601, kFull}));
    const std::string expected = output_of("ffmpeg -v error -nostdin -i '" + video +
                                           "' -frames:v 1 -pix_fmt rgb24 -f rawvideo -");
    // Twice rounded: to luma and chroma, and back.
    EXPECT_LE(difference(to_rgb(picture.view()), expected), 2) << pixels;
  }
}

TEST_F(VideoColours, AnUnnamedMatrixFollowsTheSize) {
  const auto matrix = [&](const std::string& size) {
    const std::string video =
        clip("a.mkv", test_source(0.04) + " -vf scale=" + size + " -c:v ffv1 -pix_fmt yuv420p");
    return read_all(video).frames.front().picture.format().matrix;
  };
  EXPECT_EQ(matrix("720:576"), k601);
  EXPECT_EQ(matrix("720:578"), k709);
  EXPECT_EQ(matrix("1278:576"), k601);
  EXPECT_EQ(matrix("1280:576"), k709);
}

}  // namespace
}  // namespace yolofleet::video
