#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "video/clips.hpp"
#include "video/server.hpp"

namespace yolofleet::video {
namespace {

class RefusedVideo : public VideoTest {
 protected:
  static void expect_error(const std::string& source, ErrorCode code, const std::string& message) {
    const auto opened = VideoReader::open(source);
    ASSERT_FALSE(opened) << source;
    EXPECT_EQ(opened.error().code, code) << opened.error().message;
    EXPECT_EQ(opened.error().message, source + ": " + message);
  }
};

TEST_F(RefusedVideo, NoSuchFile) {
  expect_error(in_folder("a.mp4"), ErrorCode::kNotFound, "no such file");
  expect_error("/dev/video99", ErrorCode::kNotFound, "no such camera");
}

TEST_F(RefusedVideo, NotAVideo) {
  constexpr const char* kUnknown = "isn't a video of a format that FFmpeg knows";
  expect_error(write("empty.mp4", ""), ErrorCode::kMalformed, "is empty");
  expect_error(write("text.mp4", "Not a video, but a text.\n"), ErrorCode::kMalformed, kUnknown);
  expect_error(write("noise.mp4", noise(100'000)), ErrorCode::kMalformed, kUnknown);
}

TEST_F(RefusedVideo, NotAFile) {
  constexpr const char* kOther = "isn't a regular file, a network address or a camera /dev/video*";
  expect_error(folder().string(), ErrorCode::kUnsupported, kOther);
  const std::string pipe = in_folder("pipe.mp4");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_error(pipe, ErrorCode::kUnsupported, "a video can't come by a pipe; save it to a file");
}

TEST_F(RefusedVideo, NoPort) {
  for (const char* const port : {"0", "65536", "99999", "99999999999"}) {
    expect_error(std::string("udp://127.0.0.1:") + port + "/", ErrorCode::kUnsupported,
                 std::string(port) + " isn't a port (1 to 65535)");
  }
}

TEST_F(RefusedVideo, UnreadableFile) {
  const std::string file = clip("a.mp4", test_source(0.2));
  const std::string under = file + "/b.mp4";
  expect_error(under, ErrorCode::kNotFound, "no such file");
}

TEST_F(RefusedVideo, SoundOnly) {
  expect_error(clip("a.mp4", "-f lavfi -i sine=d=1"), ErrorCode::kUnsupported,
               "has no video stream (it has: audio)");
  const std::string picture = clip("cover.png", test_source(0.04) + " -frames:v 1");
  expect_error(clip("a.mp3", "-f lavfi -i sine=d=1 -i '" + picture + "' -map 0 -map 1"),
               ErrorCode::kUnsupported, "has no video stream (it has: audio, a cover picture)");
}

TEST_F(RefusedVideo, UnknownCodec) {
  std::string bytes = content_of(clip("a.mp4", test_source(0.2) + " -c:v libx264"));
  bytes.replace(bytes.find("avc1", 100), 4, "xyz1");
  expect_error(write("b.mp4", bytes), ErrorCode::kUnsupported,
               "FFmpeg has no decoder for its codec, xyz1");
}

TEST_F(RefusedVideo, Encrypted) {
  const std::string video =
      clip("a.mp4", test_source(0.2) +
                        " -c:v libx264 -encryption_scheme cenc-aes-ctr -encryption_key "
                        "76a6c65c5ea762046bd749a2e632ccbb -encryption_kid "
                        "a7e61c373e219033c21091fa607bf3b8");
  const Read read = read_all(video);
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kUnsupported);
  EXPECT_EQ(read.error->message, video + ": is encrypted");
}

TEST_F(RefusedVideo, ColoursOfAnotherKind) {
  const std::string video = clip("a.mp4", test_source(0.2) + " -c:v libx264 -colorspace ycgco");
  const Read read = read_all(video);
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kUnsupported);
  EXPECT_EQ(read.error->message,
            video +
                ": colours with the matrix ycgco aren't supported; BT.601, BT.709 and BT.2020 "
                "are");
}

TEST_F(RefusedVideo, APlaylistCantNameOtherFiles) {
  const std::string video = clip("a.ts", test_source(0.2));
  const std::string hls =
      "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + video + "\n#EXT-X-ENDLIST\n";
  expect_error(write("list.mp4", hls), ErrorCode::kUnsupported,
               "is a playlist (hls); give the videos that it names instead");
  expect_error(write("list.mkv", "ffconcat version 1.0\nfile a.ts\n"), ErrorCode::kUnsupported,
               "is a playlist (concat); give the videos that it names instead");
}

TEST_F(RefusedVideo, OtherProtocols) {
  const std::string message =
      "isn't supported; these are: rtsp, rtsps, rtmp, rtmps, http, https, udp, srt, tcp, rtp";
  expect_error("ftp://host/a.mp4", ErrorCode::kUnsupported, "the protocol ftp " + message);
  expect_error("file:///etc/hosts", ErrorCode::kUnsupported, "the protocol file " + message);
  const auto concat = VideoReader::open("concat:a.ts|b.ts");
  EXPECT_EQ(concat.error().message, "concat:a.ts|b.ts: no such file");
}

TEST_F(RefusedVideo, OddNamesAreNamesOfFiles) {
  const std::string plain = clip("plain.mp4", test_source(0.2) + " -c:v libx264");
  for (const char* const name : {"a:b.mp4", "%03d.png", "-i", "pipe:0", "http:a?b#c", "noending"}) {
    std::filesystem::copy_file(plain, in_folder(name));
    EXPECT_EQ(read_all(in_folder(name)).frames.size(), 5U) << name;
  }
}

}  // namespace
}  // namespace yolofleet::video
