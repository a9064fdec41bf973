#pragma once

// Videos for the tests of src/video: made by FFmpeg's command `ffmpeg`, which the tests need.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "yolofleet/video.hpp"

namespace yolofleet::video {

/// A test with a folder of its own, which goes with everything in it.
class VideoTest : public ::testing::Test {
 protected:
  VideoTest();
  ~VideoTest() override;

  const std::filesystem::path& folder() const { return folder_; }
  /// The path of a file in the folder.
  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const;
  /// Makes a video by `ffmpeg INPUT_AND_OPTIONS FILE` and returns FILE's path.
  std::string clip(const std::string& name, const std::string& options) const;

 private:
  std::filesystem::path folder_;
};

/// FFmpeg's test picture, in motion: `ffmpeg` options for 320 x 240 pixels, 25 frames a second.
std::string test_source(double seconds, const std::string& size = "320x240");

/// The option of FFmpeg's command for H.264, quickly encoded.
inline constexpr const char* kH264 = " -c:v libx264 -preset veryfast";

/// Runs a shell command and returns what it writes to standard output. A command that fails is a
/// failure of the test, with what it wrote to standard error.
std::string output_of(const std::string& command);

std::string content_of(const std::string& file);

/// A frame, in planes.
struct ReadFrame {
  explicit ReadFrame(VideoFrame frame)
      : picture(std::get<Planes>(std::move(frame.picture))),
        number(frame.number),
        seconds(frame.seconds),
        read_at(frame.read_at) {}

  Planes picture;
  std::uint64_t number;
  double seconds;
  std::chrono::steady_clock::time_point read_at;
};

/// All that a reader gives.
struct Read {
  VideoInfo info;
  std::vector<ReadFrame> frames;
  std::optional<Error> error;  ///< of `open` or of the last call of `next`
};
Read read_all(const std::string& source, const VideoOptions& options = {});

/// The times of frames, in milliseconds, rounded.
std::vector<int> milliseconds(const std::vector<ReadFrame>& frames);

/// {0, 40, 80, ...}: the times at 25 frames a second.
std::vector<int> steady_times(std::size_t count, int first = 0, int step = 40);

}  // namespace yolofleet::video
