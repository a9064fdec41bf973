#include "input/no_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"

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

TEST_F(NoPicture, VideosButNotPicturesWithTheirEnding) {
  EXPECT_THAT(why("gone.mp4"), HasSubstr("gone.mp4: videos aren't read yet; `ffmpeg -i gone.mp4 "));
  folder().write("it's.AVI", "RIFX");
  EXPECT_THAT(why("it's.AVI"), HasSubstr("`ffmpeg -i 'it'\\''s.AVI' frames/%06d.jpg` makes"));
  folder().write("riff.avi", "RIFF\0\0\0\0AVI LIST"sv);
  EXPECT_THAT(why("riff.avi"), HasSubstr("videos aren't read yet"));
  folder().write("picture.mp4", "\xFF\xD8\xFF\xE0");
  EXPECT_EQ(why("picture.mp4"), "");
}

TEST_F(NoPicture, CamerasAndAddresses) {
  EXPECT_EQ(why("0"), "0: cameras aren't read yet");
  EXPECT_EQ(why("/dev/video12"), "/dev/video12: cameras aren't read yet");
  folder().write("0", "x");
  EXPECT_EQ(why("0"), "") << "a file";
  EXPECT_THAT(why("rtsp://x/y"),
              HasSubstr("rtsp://x/y: is an address; streams and cameras aren't"));
  EXPECT_THAT(why("http://x/a.jpg?b&c"), HasSubstr("`curl -s 'http://x/a.jpg?b&c' | yolofleet"));
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
