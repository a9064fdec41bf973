#include "input/no_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"
#include "input/source.hpp"

namespace yolofleet::command {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

constexpr std::string_view kAppleDouble = "\0\5\x16\7\0\2"sv;

class NoPicture : public ::testing::Test {
 protected:
  NoPicture() { folder_.enter(); }

  const TemporaryFolder& folder() const { return folder_; }

  static std::string why(const std::string& name) {
    const auto error = why_no_picture(name);
    EXPECT_TRUE(!error || error->code == ErrorCode::kUnsupported);
    return error ? error->message : "";
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(NoPicture, PicturesAndUnknownNamesMayBeOne) {
  folder().write("a.jpg", "a.jpg\n");
  folder().write("notes.txt", "hello\n");
  folder().write("labels.txt", "0 0.5 0.5 0.1 0.1\n");
  folder().write("empty.txt", "");
  folder().write("zero.txt", "a\0.jpg\n"sv);
  for (const char* name : {"a.jpg", "gone.jpg", "gone", "notes.txt", "labels.txt", "empty.txt",
                           "zero.txt", "-", "123", "dev/video0"}) {
    EXPECT_EQ(why(name), "") << name;
  }
}

TEST_F(NoPicture, ListsOfPictures) {
  for (const char* content : {"a.jpg",
                              "\xEF\xBB\xBF"
                              "a b.JPEG\r\nx",
                              "\n\n \t/data/a.png \nb"}) {
    folder().write("list", content);
    EXPECT_EQ(why("list"), "list: is a list of pictures; write @list") << content;
  }
}

TEST_F(NoPicture, DataFiles) {
  folder().write("x.txt", "classes=2\nvalid=a.jpg\n");
  EXPECT_EQ(why("x.txt"),
            "x.txt: is a Darknet .data file, not a picture; it is given as MODEL, before the "
            "pictures, with --cfg and --weights");
  const auto list = Inputs::open({"@x.txt"});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().message,
            "@x.txt: x.txt is a Darknet .data file, not a list of pictures; it is given as MODEL, "
            "with --cfg and --weights");
}

TEST_F(NoPicture, VideosButNotPicturesWithTheirEnding) {
  EXPECT_THAT(
      why("gone.mp4"),
      HasSubstr("gone.mp4: videos, streams and cameras are read by detect only; `mkdir -p frames "
                "&& ffmpeg -i gone.mp4 "));
  folder().write("it's.AVI", "RIFX");
  EXPECT_THAT(why("it's.AVI"), HasSubstr("&& ffmpeg -i 'it'\\''s.AVI' frames/%06d.jpg` makes"));
  folder().write("riff.avi", "RIFF\0\0\0\0AVI LIST"sv);
  EXPECT_THAT(why("riff.avi"), HasSubstr("are read by detect only"));
  EXPECT_EQ(why("in/.mp4"), "in/.mp4: the name has no ending");
  folder().write("picture.mp4", "\xFF\xD8\xFF\xE0");
  EXPECT_EQ(why("picture.mp4"), "");
}

TEST_F(NoPicture, CamerasAndAddresses) {
  EXPECT_EQ(why("0"), "0: no such file; a camera is given to detect by its device, /dev/video0");
  EXPECT_EQ(why("/dev/video12"),
            "/dev/video12: videos, streams and cameras are read by detect only");
  folder().write("0", "x");
  EXPECT_EQ(why("0"), "") << "a file";
  for (const char* stream :
       {"rtsp://x/y", "udp://1.2.3.4:5", "http://x/a.mp4", "https://x/a.MKV?b"}) {
    EXPECT_EQ(why(stream),
              std::string(stream) + ": videos, streams and cameras are read by detect only");
  }
  EXPECT_EQ(why("s3://x/a.mp4"),
            "s3://x/a.mp4: such addresses aren't read; those of streams begin with rtsp://, "
            "rtmp://, http://, https://, udp://, srt://, tcp://, rtp://");
  EXPECT_THAT(why("http://x/a.jpg?b&c"), HasSubstr("`curl -sSfL 'http://x/a.jpg?b&c' | yolofleet"));
  folder().write("a/b.jpg", "x");
  EXPECT_EQ(why("a//b.jpg"), "");
}

TEST_F(NoPicture, AttributesOfMacOs) {
  folder().write("in/._a.jpg", kAppleDouble);
  EXPECT_EQ(why("in/._a.jpg"), "in/._a.jpg: holds macOS's attributes of a.jpg, not a picture");
  folder().write("in/a.jpg", kAppleDouble);
  EXPECT_EQ(why("in/a.jpg"), "") << "the decoder says why";
  folder().write("in/._b.jpg", "\xFF\xD8\xFF");
  EXPECT_EQ(why("in/._b.jpg"), "");
}

}  // namespace
}  // namespace yolofleet::command
