#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "video/clips.hpp"
#include "video/server.hpp"

namespace yolofleet::video {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

VideoOptions with_timeout(int time) {
  VideoOptions options;
  options.timeout = std::chrono::milliseconds(time);
  return options;
}

class NetworkVideo : public VideoTest {};

class SilentServer : public VideoTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(SilentServer, IsGivenUpAfterTheTimeout) {
  const Server server([](const Connection& connection) { connection.stay_silent(); });
  const auto start = Clock::now();
  const Read read = read_all(server.address(GetParam()) + "/live", with_timeout(300));
  EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(2000));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kIo);
  EXPECT_EQ(read.error->message,
            server.address(GetParam()) + "/live: can't be opened: no answer for 0.3 s");
}

INSTANTIATE_TEST_SUITE_P(Video, SilentServer, ::testing::Values("tcp", "http", "rtsp", "rtmp"),
                         [](const auto& each) { return std::string(each.param); });

TEST_F(NetworkVideo, ADatagramThatNeverComesIsGivenUp) {
  const Read read = read_all("udp://127.0.0.1:19", with_timeout(300));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kIo);
}

TEST_F(NetworkVideo, AServerThatIsNotThereIsAnError) {
  std::string address;
  {
    const Server gone([](const Connection&) {});
    address = gone.address("rtsp");
  }
  const std::string host = address.substr(7);
  const Read read = read_all("rtsp://user:secret@" + host + "/1", with_timeout(2000));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kIo);
  EXPECT_THAT(read.error->message, HasSubstr("rtsp://" + host + "/1: can't be opened: "));
  EXPECT_THAT(read.error->message, HasSubstr("Connection refused"));
  EXPECT_THAT(read.error->message, ::testing::Not(HasSubstr("secret")));
}

TEST_F(NetworkVideo, ARedirectToAFileIsAnError) {
  const Server web([](const Connection& connection) {
    connection.receive();
    connection.send(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  });
  const Read read = read_all(web.address("http"), with_timeout(3000));
  ASSERT_TRUE(read.error);
  EXPECT_THAT(read.error->message,
              HasSubstr("can't be opened: the server redirects to an address that isn't allowed"));
}

TEST_F(NetworkVideo, GarbageIsAnError) {
  const Server bytes([](const Connection& connection) { connection.send(noise(200'000)); });
  const Read by_tcp = read_all(bytes.address("tcp"), with_timeout(3000));
  ASSERT_TRUE(by_tcp.error);
  EXPECT_EQ(by_tcp.error->code, ErrorCode::kMalformed);
  EXPECT_THAT(by_tcp.error->message, HasSubstr("isn't a video of a format that FFmpeg knows"));
  for (const char* const scheme : {"http", "rtsp", "rtmp"}) {
    const Server answer([](const Connection& connection) {
      connection.receive();
      connection.send(noise(200'000));
    });
    const Read read = read_all(answer.address(scheme) + "/1", with_timeout(3000));
    ASSERT_TRUE(read.error) << scheme;
    EXPECT_THAT(read.error->message, HasSubstr("/1: can't be opened: ")) << scheme;
  }
}

TEST_F(NetworkVideo, AFileComesByHttp) {
  const std::string video =
      content_of(clip("a.mp4", test_source(1) + kH264 + " -movflags faststart"));
  const Server server([&](const Connection& connection) {
    connection.receive();
    connection.send(http_response(video));
  });
  const Read read = read_all(server.address("http") + "/a.mp4");
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_FALSE(read.info.live);
  EXPECT_EQ(read.frames.size(), 25U);
}

/// A web server with one file, which gives parts of it to those who ask.
void serve_parts(const Connection& connection, const std::string& file) {
  const std::string request = connection.receive();
  const std::size_t range = request.find("Range: bytes=");
  const std::size_t first = range == std::string::npos ? 0 : std::stoul(request.substr(range + 13));
  connection.send(
      fmt::format("HTTP/1.1 206 Partial Content\r\nAccept-Ranges: bytes\r\n"
                  "Content-Range: bytes {}-{}/{}\r\nContent-Length: {}\r\n"
                  "Connection: close\r\n\r\n",
                  first, file.size() - 1, file.size(), file.size() - first));
  connection.send(file.substr(first));
}

/// Their duration isn't known before frames are read.
TEST_F(NetworkVideo, FilesWithoutADurationAtTheBeginAreFilesToo) {
  for (const char* const name : {"a.avi", "a.ts", "a.flv", "a.mkv"}) {
    const std::string file = clip(name, test_source(2) + kH264);
    const std::string video = content_of(file);
    for (const bool parts : {true, false}) {
      SCOPED_TRACE(fmt::format("{}{}", name, parts ? " in parts" : ""));
      const Server server([&](const Connection& connection) {
        if (parts) {
          serve_parts(connection, video);
        } else {
          connection.receive();
          connection.send(http_response(video));
        }
      });
      const Read read = read_all(server.address("http") + "/" + name);
      ASSERT_FALSE(read.error) << read.error->message;
      EXPECT_FALSE(read.info.live);
      EXPECT_EQ(read.frames.size(), 50U);
      VideoOptions options;
      options.from = 1;
      const Read rest = read_all(server.address("http") + "/" + name, options);
      ASSERT_FALSE(rest.error) << rest.error->message;
      EXPECT_EQ(rest.frames.size(), read_all(file, options).frames.size());
      EXPECT_LT(rest.frames.size(), 30U);
    }
  }
}

TEST_F(NetworkVideo, AFileThatBreaksOffIsAnError) {
  const std::string video =
      content_of(clip("a.mp4", test_source(2) + kH264 + " -movflags faststart"));
  const Server server([&](const Connection& connection) {
    connection.receive();
    connection.send(http_response(video.substr(0, video.size() / 2), video.size()));
  });
  const Read read = read_all(server.address("http") + "/a.mp4");
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kIo);
  EXPECT_THAT(read.error->message, HasSubstr("/a.mp4: breaks off: "));
  EXPECT_GT(read.frames.size(), 10U);
}

TEST_F(NetworkVideo, AMissingFileIsTold) {
  const Server server([](const Connection& connection) {
    connection.receive();
    connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  });
  const Read read = read_all(server.address("http") + "/a.mp4");
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kNotFound);
  EXPECT_THAT(read.error->message, HasSubstr("Server returned 404 Not Found"));
}

TEST_F(NetworkVideo, APlaylistCantNameALocalFile) {
  const std::string local = clip("a.ts", test_source(1) + kH264);
  for (const std::string& name : {"file://" + local, "file:" + local, "concat:" + local}) {
    const Server server([&](const Connection& connection) {
      connection.receive();
      connection.send(http_response("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + name +
                                    "\n#EXT-X-ENDLIST\n"));
    });
    const Read read = read_all(server.address("http") + "/a.m3u8", with_timeout(3000));
    EXPECT_TRUE(read.error) << name;
    EXPECT_TRUE(read.frames.empty()) << name;
  }
}

TEST_F(NetworkVideo, ALiveStreamEndsWhenItsServerClosesIt) {
  const std::string video = content_of(clip("a.ts", test_source(2) + kH264 + " -g 25"));
  const Server server([&](const Connection& connection) { connection.send(video); });
  const Read read = read_all(server.address("tcp"), with_timeout(3000));
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_TRUE(read.info.live);
  EXPECT_EQ(read.info.duration, 0);
  EXPECT_EQ(milliseconds(read.frames), steady_times(50));
}

TEST_F(NetworkVideo, ALiveStreamWhoseClockIsSetBackGoesOn) {
  const std::string late =
      content_of(clip("a.ts", test_source(1) + kH264 + " -output_ts_offset 1000"));
  const std::string early = content_of(clip("b.ts", test_source(1) + kH264));
  const Server server([&](const Connection& connection) { connection.send(late + early); });
  const Read read = read_all(server.address("tcp"), with_timeout(3000));
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_EQ(milliseconds(read.frames), steady_times(50));
}

/// Ten JPEGs, one each 100 ms, in an HTTP response of several parts or one behind the other.
void send_pictures(const Connection& connection, const std::string& picture, bool parts) {
  if (parts) {
    connection.receive();
    connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n");
  }
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(i == 0 ? 0 : 100));
    connection.send(parts ? "--b\r\nContent-Type: image/jpeg\r\nContent-Length: " +
                                std::to_string(picture.size()) + "\r\n\r\n" + picture + "\r\n"
                          : picture);
  }
}

TEST_F(NetworkVideo, FramesWithoutTimeStampsHaveTheTimeOfTheirArrival) {
  const std::string picture =
      content_of(clip("a.jpg", test_source(0.04) + " -frames:v 1 -update 1"));
  for (const bool parts : {true, false}) {
    const Server server(
        [&](const Connection& connection) { send_pictures(connection, picture, parts); });
    const Read read = read_all(server.address(parts ? "http" : "tcp"), with_timeout(3000));
    EXPECT_TRUE(read.info.live);
    ASSERT_GE(read.frames.size(), 8U) << read.error->message;
    for (const ReadFrame& frame : read.frames) {
      const std::chrono::duration<double> since = frame.read_at - read.frames[0].read_at;
      EXPECT_NEAR(frame.seconds, since.count(), 0.001) << frame.number;
    }
  }
}

TEST_F(NetworkVideo, ALiveStreamThatFallsSilentIsAnErrorAfterItsFrames) {
  const std::string video = content_of(clip("a.ts", test_source(2) + kH264 + " -g 25"));
  const Server server([&](const Connection& connection) {
    connection.send(video);
    connection.stay_silent();
  });
  const Read read = read_all(server.address("tcp"), with_timeout(500));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kIo);
  EXPECT_THAT(read.error->message, HasSubstr("breaks off: no answer for 0.5 s (after "));
  EXPECT_GT(read.frames.size(), 40U);
}

TEST_F(NetworkVideo, ALiveStreamSkipsDamagedFrames) {
  std::string video = content_of(clip("a.ts", test_source(4) + kH264 + " -g 25 -b:v 1M"));
  // A lost datagram: 7 packets in the middle.
  video.erase(video.size() / 188 / 2 * 188, std::size_t{7} * 188);
  const Server server([&](const Connection& connection) { connection.send(video); });
  const Read read = read_all(server.address("tcp"), with_timeout(3000));
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_LT(read.frames.size(), 100U);
  EXPECT_GT(read.frames.size(), 60U);
  EXPECT_NEAR(read.frames.back().seconds, 3.96, 1e-3);
}

TEST_F(NetworkVideo, ALiveStreamCantSkip) {
  const std::string video = content_of(clip("a.ts", test_source(1) + kH264));
  const Server server([&](const Connection& connection) { connection.send(video); });
  VideoOptions options;
  options.from = 2;
  const auto opened = VideoReader::open(server.address("tcp"), options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(opened.error().message, server.address("tcp") +
                                        ": VideoOptions::from is 2; a live source can't skip: it "
                                        "must be 0");
}

TEST_F(NetworkVideo, InterruptEndsAWaitingCall) {
  const std::string video = content_of(clip("a.ts", test_source(2) + kH264));
  const Server server([&](const Connection& connection) {
    connection.send(video);
    connection.stay_silent();
  });
  auto reader = VideoReader::open(server.address("tcp"), with_timeout(4000));
  ASSERT_TRUE(reader) << reader.error().message;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    (*reader)->interrupt();
  });
  const auto start = Clock::now();
  auto frame = (*reader)->next();
  while (frame && *frame) {
    frame = (*reader)->next();
  }
  other.join();
  EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(2000));
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(frame.error().message, server.address("tcp") + ": interrupted");
  EXPECT_EQ((*reader)->next().error().code, ErrorCode::kCancelled);
}

TEST_F(NetworkVideo, InterruptEndsAFile) {
  auto reader = VideoReader::open(clip("a.mp4", test_source(1) + kH264));
  ASSERT_TRUE(reader);
  EXPECT_TRUE((*reader)->next());
  (*reader)->interrupt();
  EXPECT_EQ((*reader)->next().error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace yolofleet::video
