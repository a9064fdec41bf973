#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "video/clips.hpp"
#include "video/server.hpp"

namespace yolofleet::video {
namespace {

/// The value of a header in a request.
std::string header(const std::string& request, const std::string& name) {
  const std::size_t start = request.find(name + ": ");
  if (start == std::string::npos) {
    return {};
  }
  const std::size_t value = start + name.size() + 2;
  return request.substr(value, request.find("\r\n", value) - value);
}

/// A packet of RTP with up to 7 packets of MPEG-TS, inside the connection of RTSP.
std::string rtp_packet(unsigned number, const std::string& payload) {
  const std::size_t size = 12 + payload.size();
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xFF); };
  std::string packet{'$', 0, byte(size >> 8), byte(size)};
  packet += {byte(0x80), 33, byte(number >> 8), byte(number)};
  const std::size_t time = std::size_t{number} * 900;
  packet += {byte(time >> 24), byte(time >> 16), byte(time >> 8), byte(time), 0, 0, 0, 1};
  return packet + payload;
}

/// Answers as a camera does until the video is to be played.
void answer_until_play(const Connection& connection) {
  const std::string description =
      "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\n"
      "a=control:track1\r\n";
  std::string request = connection.receive();
  while (!request.empty()) {
    std::string answer =
        "RTSP/1.0 200 OK\r\nCSeq: " + header(request, "CSeq") + "\r\nSession: 1\r\n";
    if (request.starts_with("DESCRIBE")) {
      answer += fmt::format("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
                            description.size(), description);
    } else if (request.starts_with("SETUP")) {
      EXPECT_THAT(header(request, "Transport"), ::testing::HasSubstr("RTP/AVP/TCP"));
      answer += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n";
    } else {
      answer += "\r\n";
    }
    connection.send(answer);
    if (request.starts_with("PLAY")) {
      return;
    }
    request = connection.receive();
  }
}

void play(const Connection& connection, const std::string& video) {
  constexpr std::size_t kPayload = std::size_t{7} * 188;
  unsigned number = 0;
  for (std::size_t at = 0; at < video.size(); at += kPayload) {
    connection.send(rtp_packet(number++, video.substr(at, kPayload)));
  }
}

class RtspVideo : public VideoTest {
 protected:
  std::string two_seconds() const {
    return content_of(clip("a.ts", test_source(2) + kH264 + " -bf 0 -g 25"));
  }
};

TEST_F(RtspVideo, FramesComeByTcp) {
  const std::string video = two_seconds();
  const Server camera([&](const Connection& connection) {
    answer_until_play(connection);
    play(connection, video);
  });
  const Read read = read_all(camera.address("rtsp") + "/1");
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_TRUE(read.info.live);
  EXPECT_EQ(read.info.codec, "h264");
  // FFmpeg keeps the last packet of MPEG-TS in RTP.
  EXPECT_EQ(milliseconds(read.frames), steady_times(read.frames.size()));
  EXPECT_GE(read.frames.size(), 48U);
}

TEST_F(RtspVideo, ACameraThatFallsSilentIsAnError) {
  const std::string video = two_seconds();
  const Server camera([&](const Connection& connection) {
    answer_until_play(connection);
    play(connection, video);
    connection.stay_silent();
  });
  VideoOptions options;
  options.timeout = std::chrono::milliseconds(700);
  const auto start = std::chrono::steady_clock::now();
  const Read read = read_all(camera.address("rtsp") + "/1", options);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kIo);
  EXPECT_THAT(read.error->message, ::testing::HasSubstr("breaks off: no answer for 0.7 s"));
  EXPECT_GE(read.frames.size(), 40U);
}

}  // namespace
}  // namespace yolofleet::video
