#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

using ::testing::HasSubstr;

/// A codec as FFmpeg's command encodes it, in a kind of file.
struct Codec {
  const char* file;
  const char* options;
  const char* name;  // as VideoInfo::codec
};

void PrintTo(const Codec& codec, std::ostream* out) {
  *out << codec.options;
}

class EachCodec : public VideoTest, public ::testing::WithParamInterface<Codec> {};

TEST_P(EachCodec, GivesAllFramesInOrderWithTheirTimes) {
  const auto& [file, options, name] = GetParam();
  const std::string video = clip(file, test_source(1) + " " + options);
  const Read read = read_all(video);
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_EQ(read.info.codec, name);
  EXPECT_EQ(read.info.width, 320);
  EXPECT_EQ(read.info.height, 240);
  EXPECT_DOUBLE_EQ(read.info.frame_rate, 25);
  EXPECT_FALSE(read.info.live);
  EXPECT_EQ(milliseconds(read.frames), steady_times(25));
}

TEST_P(EachCodec, GivesTheSameWithSeveralThreads) {
  const std::string video =
      clip(GetParam().file, test_source(1) + " " + std::string(GetParam().options));
  VideoOptions options;
  const Read one = read_all(video, options);
  options.threads = 4;
  const Read four = read_all(video, options);
  ASSERT_FALSE(four.error) << four.error->message;
  ASSERT_EQ(milliseconds(four.frames), steady_times(25));
  for (std::size_t frame = 0; frame < 25; ++frame) {
    const auto expected = one.frames[frame].picture.samples();
    const auto found = four.frames[frame].picture.samples();
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.begin(), found.end())) << frame;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Video, EachCodec,
    ::testing::Values(
        Codec{"h264.mp4", "-c:v libx264 -preset fast -bf 3", "h264"},
        Codec{"h264.mkv", "-c:v libx264 -preset fast -bf 3", "h264"},
        Codec{"h264.ts", "-c:v libx264 -preset fast -bf 3", "h264"},
        Codec{"high10.mp4", "-c:v libx264 -preset fast -pix_fmt yuv420p10le", "h264"},
        Codec{"hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none", "hevc"},
        Codec{"vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8", "vp8"},
        Codec{"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8", "vp9"},
        Codec{"av1.mkv", "-c:v libaom-av1 -usage realtime -cpu-used 8", "av1"},
        Codec{"mpeg4.avi", "-c:v mpeg4 -bf 0", "mpeg4"}, Codec{"mjpeg.avi", "-c:v mjpeg", "mjpeg"},
        Codec{"ffv1.mkv", "-c:v ffv1", "ffv1"}, Codec{"screen.mkv", "-c:v png", "png"},
        Codec{"raw.avi", "-c:v rawvideo -pix_fmt bgr24", "rawvideo"},
        Codec{"animation.gif", "", "gif"}),
    [](const auto& each) {
      std::string name = each.param.file;
      std::ranges::replace(name, '.', '_');
      return name;
    });

class VideoReaderTest : public VideoTest {};

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

TEST_F(VideoReaderTest, StartsAsManyThreadsAsAskedFor) {
  const std::string video = clip("a.mp4", test_source(0.2) + kH264);
  // ThreadSanitizer starts a thread of its own with the first other one.
  const std::jthread other([](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  const std::ptrdiff_t before = threads_of_this_process();
  for (const auto& [threads, started] : {std::pair{1, 0}, std::pair{2, 2}}) {
    const auto reader = VideoReader::open(video, {.threads = threads}).value();
    EXPECT_TRUE(reader->next().value());
    EXPECT_EQ(threads_of_this_process() - before, started);
  }
}

TEST_F(VideoReaderTest, TheCpuDecodesAlsoByItsName) {
  const std::string video = clip("a.mp4", test_source(0.4) + kH264);
  const Read unnamed = read_all(video);
  ASSERT_FALSE(unnamed.error) << unnamed.error->message;
  EXPECT_EQ(unnamed.info.device, "cpu");
  for (const bool on_host : {false, true}) {
    const Read named = read_all(video, {.device = "cpu", .on_host = on_host});
    ASSERT_FALSE(named.error) << named.error->message;
    EXPECT_EQ(named.info.device, "cpu");
    ASSERT_EQ(named.frames.size(), unnamed.frames.size());
    for (std::size_t i = 0; i < named.frames.size(); ++i) {
      EXPECT_DOUBLE_EQ(named.frames[i].seconds, unnamed.frames[i].seconds);
      EXPECT_TRUE(std::ranges::equal(named.frames[i].picture.samples(),
                                     unnamed.frames[i].picture.samples()))
          << i;
    }
  }
}

TEST_F(VideoReaderTest, ADeviceThatIsNotThereIsRefused) {
  const std::string video = clip("a.mp4", test_source(0.2) + kH264);
  const auto opened = VideoReader::open(video, {.device = "fpga:0"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(opened.error().message, HasSubstr("no device \"fpga:0\" here; "));
  EXPECT_THAT(opened.error().message, HasSubstr("\"cpu\""));
  const auto several = VideoReader::open(video, {.device = "cpu,cpu"});
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ErrorCode::kInvalidArgument) << several.error().message;
}

TEST_F(VideoReaderTest, OptionsAreCheckedBeforeTheDevice) {
  const auto opened = VideoReader::open("a.mp4", {.threads = 0, .device = "fpga:0"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument) << opened.error().message;
}

TEST_F(VideoReaderTest, TellsTheDuration) {
  const std::string video = clip("a.mp4", test_source(2) + " -c:v libx264");
  EXPECT_NEAR(read_all(video).info.duration, 2, 1e-3);
}

TEST_F(VideoReaderTest, OddSizesKeepTheirLastColumnAndRow) {
  const std::string video =
      clip("a.mkv", test_source(0.2) + " -vf scale=321:241 -c:v ffv1 -pix_fmt yuv420p");
  const Read read = read_all(video);
  ASSERT_FALSE(read.error) << read.error->message;
  const Planes& picture = read.frames.front().picture;
  EXPECT_EQ(picture.width(), 321);
  EXPECT_EQ(picture.height(), 241);
  const std::string raw =
      output_of("ffmpeg -v error -nostdin -i '" + video + "' -frames:v 1 -f rawvideo -");
  const auto samples = picture.samples();
  EXPECT_TRUE(std::equal(
      samples.begin(), samples.end(), raw.begin(), raw.end(),
      [](std::uint8_t sample, char byte) { return sample == static_cast<std::uint8_t>(byte); }));
}

TEST_F(VideoReaderTest, FramesAreInTheMemoryThatIsGiven) {
  class Counted final : public PixelMemory {
   public:
    std::uint8_t* take(std::size_t bytes) noexcept override {
      ++taken;
      return new std::uint8_t[bytes];
    }
    void give_back(std::uint8_t* memory, std::size_t) noexcept override { delete[] memory; }
    int taken = 0;
  };
  const auto memory = std::make_shared<Counted>();
  VideoOptions options;
  options.memory = memory;
  const Read read = read_all(clip("a.mp4", test_source(0.4) + " -c:v libx264"), options);
  EXPECT_EQ(read.frames.size(), 10U);
  EXPECT_EQ(memory->taken, 10);
}

TEST_F(VideoReaderTest, FramesThatChangeTheirSizeAreGivenInTheirOwn) {
  const std::string small = clip("1.ts", test_source(0.2, "160x120") + " -c:v libx264");
  const std::string large = clip("2.ts", test_source(0.2, "320x240") + " -c:v libx264");
  const std::string both = write("both.ts", content_of(small) + content_of(large));
  const Read read = read_all(both);
  ASSERT_FALSE(read.error) << read.error->message;
  ASSERT_EQ(read.frames.size(), 10U);
  EXPECT_EQ(read.frames.front().picture.width(), 160);
  EXPECT_EQ(read.frames.back().picture.width(), 320);
}

TEST_F(VideoReaderTest, ReadsEachFrameAfterItsBytes) {
  const auto before = std::chrono::steady_clock::now();
  const Read read = read_all(clip("a.mp4", test_source(0.4) + " -c:v libx264 -bf 3"));
  for (const ReadFrame& frame : read.frames) {
    EXPECT_GE(frame.read_at, before);
    EXPECT_LE(frame.read_at, std::chrono::steady_clock::now());
  }
}

TEST_F(VideoReaderTest, RefusesAFrameWithTooManyPixels) {
  const std::string video = clip("a.mp4", test_source(0.2) + " -c:v libx264");
  VideoOptions options;
  options.max_pixels = 320 * 240 - 1;
  const Read read = read_all(video, options);
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kTooLarge);
  EXPECT_THAT(read.error->message, HasSubstr("a.mp4: 320 x 240 pixels; at most 76799 are allowed"));
  options.max_pixels = 320 * 240;
  EXPECT_FALSE(read_all(video, options).error);
}

TEST_F(VideoReaderTest, RefusesALaterFrameWithTooManyPixels) {
  const std::string small = clip("1.ts", test_source(0.2, "160x120") + " -c:v libx264");
  const std::string large = clip("2.ts", test_source(0.2, "320x240") + " -c:v libx264");
  VideoOptions options;
  options.max_pixels = 160 * 120;
  const Read read = read_all(write("both.ts", content_of(small) + content_of(large)), options);
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kTooLarge);
  EXPECT_THAT(read.error->message,
              HasSubstr("both.ts: a frame has more than the 19200 pixels that are allowed (after 5 "
                        "frames)"));
}

TEST_F(VideoReaderTest, RefusesALaterFrameOfACodecWithMemoryOfItsOwn) {
  const std::string codec = " -c:v libaom-av1 -usage realtime -cpu-used 8";
  const std::string small = clip("1.obu", test_source(0.2, "160x120") + codec);
  const std::string large = clip("2.obu", test_source(0.2, "320x240") + codec);
  VideoOptions options;
  options.max_pixels = 160 * 120;
  const Read read = read_all(write("both.obu", content_of(small) + content_of(large)), options);
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kTooLarge);
  EXPECT_THAT(read.error->message,
              HasSubstr("both.obu: a frame of 320 x 240 pixels; at most 19200 are allowed (after 5 "
                        "frames)"));
}

TEST_F(VideoReaderTest, RefusesOptionsOutsideTheirRanges) {
  const auto message = [](const VideoOptions& options) {
    const auto opened = VideoReader::open("missing.mp4", options);
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
    return opened.error().message;
  };
  EXPECT_EQ(message({.from = -1}), "VideoOptions::from is -1; it must be at least 0");
  EXPECT_EQ(message({.from = 2, .to = 1}),
            "VideoOptions::to is 1; it must be 0 or more than `from`, 2");
  EXPECT_EQ(message({.threads = 0}), "VideoOptions::threads is 0; it must be from 1 to 64");
  EXPECT_EQ(message({.timeout = std::chrono::milliseconds(0)}),
            "VideoOptions::timeout is 0 ms; it must be at least 1");
  EXPECT_EQ(message({.max_pixels = 0}), "VideoOptions::max_pixels is 0; it must be at least 1");
}

}  // namespace
}  // namespace yolofleet::video
