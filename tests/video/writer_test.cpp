#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A picture with a colour of its own for each number, and a gradient.
Image picture(int width, int height, int number, PixelFormat format = PixelFormat::kRgb) {
  Image image(width, height, format);
  const int count = channels(format);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int channel = 0; channel < count; ++channel) {
        const int value = 40 + number * 5 + (x * 60 / width) + (channel * 40);
        image.pixels()[static_cast<std::size_t>((y * width + x) * count + channel)] =
            static_cast<std::uint8_t>(value);
      }
    }
  }
  return image;
}

/// "codec_name,width,height,nb_read_frames" as ffprobe counts them.
std::string probed(const std::string& file) {
  std::string line = output_of(
      "ffprobe -v error -count_frames -select_streams v:0 -show_entries "
      "stream=codec_name,width,height,nb_read_frames -of csv=p=0 '" +
      file + "'");
  line.erase(line.find_last_not_of("\n,") + 1);
  return line;
}

std::vector<int> probed_times(const std::string& file) {
  std::istringstream lines(output_of(
      "ffprobe -v error -select_streams v:0 -show_entries frame=best_effort_timestamp_time "
      "-of csv=p=0 '" +
      file + "'"));
  std::vector<int> times;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      times.push_back(static_cast<int>(std::atof(line.c_str()) * 1000 + 0.5));
    }
  }
  return times;
}

class VideoWriterTest : public VideoTest {
 protected:
  void write_frames(const std::string& file, int count) const {
    auto writer = VideoWriter::open(file, 64, 48, 25);
    ASSERT_TRUE(writer) << writer.error().message;
    for (int number = 0; number < count; ++number) {
      const auto written = (*writer)->write(picture(64, 48, number).view(), number / 25.0);
      ASSERT_TRUE(written) << written.error().message;
    }
    const auto finished = (*writer)->finish();
    ASSERT_TRUE(finished) << finished.error().message;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
};

class EachWrittenKind : public VideoWriterTest,
                        public ::testing::WithParamInterface<const char*> {};

TEST_P(EachWrittenKind, IsReadBackByFfmpeg) {
  const std::string file = in_folder(GetParam());
  write_frames(file, 12);
  EXPECT_THAT(files(), ::testing::ElementsAre(GetParam()));
  EXPECT_EQ(probed(file), "h264,64,48,12");
  EXPECT_EQ(probed_times(file), steady_times(12));
}

TEST_P(EachWrittenKind, HasThePicturesThatWereWritten) {
  const std::string file = in_folder(GetParam());
  write_frames(file, 12);
  const Read read = read_all(file);
  ASSERT_FALSE(read.error) << read.error->message;
  ASSERT_EQ(read.frames.size(), 12U);
  EXPECT_DOUBLE_EQ(read.info.frame_rate, 25);
  for (int number = 0; number < 12; ++number) {
    const Image shown = to_rgb(read.frames[static_cast<std::size_t>(number)].picture.view());
    const Image wanted = picture(64, 48, number);
    double sum = 0;
    for (std::size_t at = 0; at < shown.pixels().size(); ++at) {
      sum += std::abs(shown.pixels()[at] - wanted.pixels()[at]);
    }
    EXPECT_LT(sum / static_cast<double>(shown.pixels().size()), 3) << number;
  }
}

INSTANTIATE_TEST_SUITE_P(Video, EachWrittenKind, ::testing::Values("a.mp4", "a.mkv", "a.AVI"),
                         [](const auto& each) { return std::string(each.param).substr(2); });

TEST_F(VideoWriterTest, KeepsTimesThatVary) {
  for (const char* const name : {"a.mp4", "a.mkv"}) {
    auto writer = VideoWriter::open(in_folder(name), 64, 48, 25).value();
    const std::vector<int> times{0, 40, 50, 400, 1000, 5000};
    for (const int time : times) {
      ASSERT_TRUE(writer->write(picture(64, 48, 0).view(), time / 1000.0));
    }
    ASSERT_TRUE(writer->finish());
    EXPECT_EQ(probed_times(in_folder(name)), times) << name;
  }
}

TEST_F(VideoWriterTest, TimesThatRoundToTheSameStayApart) {
  auto writer = VideoWriter::open(in_folder("a.mkv"), 64, 48, 25).value();
  for (const double time : {0.0, 1e-5, 2e-5, 3e-5}) {
    ASSERT_TRUE(writer->write(picture(64, 48, 0).view(), time));
  }
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(probed_times(in_folder("a.mkv")), (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(VideoWriterTest, AnOddSizeIsPadded) {
  for (const PixelFormat format : {PixelFormat::kRgb, PixelFormat::kBgr, PixelFormat::kGrey}) {
    auto writer = VideoWriter::open(in_folder("a.mp4"), 33, 17, 30).value();
    ASSERT_TRUE(writer->write(picture(33, 17, 1, format).view(), 0));
    ASSERT_TRUE(writer->finish());
    EXPECT_EQ(probed(in_folder("a.mp4")), "h264,34,18,1");
  }
}

TEST_F(VideoWriterTest, APictureOfOnePixelCanBeWritten) {
  auto writer = VideoWriter::open(in_folder("a.mp4"), 1, 1, 1).value();
  ASSERT_TRUE(writer->write(picture(1, 1, 0).view(), 0));
  ASSERT_TRUE(writer->finish());
  EXPECT_THAT(probed(in_folder("a.mp4")), HasSubstr(",2,2,1"));
}

TEST_F(VideoWriterTest, HasItsNameOnlyWhenItIsFinished) {
  const std::string file = write("a.mp4", "the file before");
  {
    auto writer = VideoWriter::open(file, 64, 48, 25).value();
    ASSERT_TRUE(writer->write(picture(64, 48, 0).view(), 0));
    EXPECT_TRUE(fs::exists(file + ".partial"));
    EXPECT_EQ(content_of(file), "the file before");
  }
  EXPECT_FALSE(fs::exists(file + ".partial"));
  EXPECT_EQ(content_of(file), "the file before");
  write_frames(file, 2);
  EXPECT_EQ(probed(file), "h264,64,48,2");
}

TEST_F(VideoWriterTest, ALinkStaysALink) {
  write("target.mp4", "the file before");
  fs::create_symlink("target.mp4", in_folder("link.mp4"));
  write_frames(in_folder("link.mp4"), 2);
  EXPECT_TRUE(fs::is_symlink(in_folder("link.mp4")));
  EXPECT_EQ(probed(in_folder("target.mp4")), "h264,64,48,2");
}

TEST_F(VideoWriterTest, AFullDiskIsToldAndNothingIsLeft) {
  // A limit of the process, in place of a small disk: the reason is another, the way is the same.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{50'000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  auto writer = VideoWriter::open(in_folder("a.mp4"), 640, 480, 25).value();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Result<void> written;
  for (int number = 0; written && number < 500; ++number) {
    Image noise(640, 480);
    std::uint32_t state = static_cast<std::uint32_t>(number);
    for (std::uint8_t& byte : noise.pixels()) {
      byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    }
    written = writer->write(noise.view(), number / 25.0);
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_EQ(written.error().message, in_folder("a.mp4") + ": can't be written: File too large");
  EXPECT_EQ(writer->finish().error().message,
            in_folder("a.mp4") + ": its end can't be written: the video is finished or has failed");
  writer.reset();
  EXPECT_TRUE(files().empty());
}

TEST_F(VideoWriterTest, RefusesWrongArguments) {
  const auto message = [&](const std::string& name, int width, int height, double rate) {
    const auto opened = VideoWriter::open(in_folder(name), width, height, rate);
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
    return opened.error().message.substr(in_folder(name).size());
  };
  EXPECT_EQ(message("a.mov", 64, 48, 25), ": a video's name must end in .mp4, .mkv or .avi");
  EXPECT_EQ(message("a.mp4", 0, 48, 25), ": a video of 0 x 48; each side must be from 1 to 16384");
  EXPECT_EQ(message("a.mp4", 64, 16385, 25),
            ": a video of 64 x 16385; each side must be from 1 to 16384");
  EXPECT_EQ(message("a.mp4", 64, 48, 0),
            ": a video of 0 frames a second; it must be over 0 and at most 1000");
  EXPECT_TRUE(files().empty());
}

TEST_F(VideoWriterTest, RefusesWrongFrames) {
  auto writer = VideoWriter::open(in_folder("a.mp4"), 64, 48, 25).value();
  const auto message = [&](const Result<void>& written) {
    EXPECT_EQ(written.error().code, ErrorCode::kInvalidArgument);
    return written.error().message.substr(in_folder("a.mp4").size());
  };
  const std::string order =
      "; its time must be from 0 to 1e+06 and more than that of the frame before";
  EXPECT_EQ(message(writer->write(picture(64, 50, 0).view(), 0)),
            ": a frame of 64 x 50; all frames of this video are 64 x 48");
  const Image image = picture(64, 48, 0);
  EXPECT_EQ(message(writer->write(image.view(), -1)), ": a frame at -1 s" + order);
  EXPECT_EQ(message(writer->write(image.view(), std::numeric_limits<double>::quiet_NaN())),
            ": a frame at nan s" + order);
  ASSERT_TRUE(writer->write(image.view(), 1));
  EXPECT_EQ(message(writer->write(image.view(), 1)), ": a frame at 1 s" + order);
  EXPECT_EQ(writer->write(ImageView{}, 2).error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(message(writer->write(image.view(), 2)),
            ": a frame can't be written: the video is finished or has failed");
}

TEST_F(VideoWriterTest, AFileThatCantBeMadeIsTold) {
  const auto message = [](const std::string& file) {
    const auto opened = VideoWriter::open(file, 64, 48, 25);
    EXPECT_EQ(opened.error().code, ErrorCode::kIo);
    return opened.error().message;
  };
  const std::string file = in_folder("missing/a.mp4");
  EXPECT_EQ(message(file), file + ": can't be written: No such file or directory");
  fs::create_directory(in_folder("b.mp4"));
  EXPECT_EQ(message(in_folder("b.mp4")),
            in_folder("b.mp4") + ": can't be written: it isn't a regular file");
}

TEST_F(VideoWriterTest, TwoCantWriteTheSameFile) {
  const auto first = VideoWriter::open(in_folder("a.mp4"), 64, 48, 25);
  const auto second = VideoWriter::open(in_folder("a.mp4"), 64, 48, 25);
  ASSERT_TRUE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, in_folder("a.mp4") +
                                        ": can't be written: another run is writing " +
                                        in_folder("a.mp4.partial"));
}

}  // namespace
}  // namespace yolofleet::video
