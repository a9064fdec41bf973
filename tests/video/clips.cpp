#include "video/clips.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace yolofleet::video {

namespace fs = std::filesystem;

VideoTest::VideoTest() {
  std::string name = (fs::path(::testing::TempDir()) / "video_XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
}

VideoTest::~VideoTest() {
  fs::remove_all(folder_);
}

std::string VideoTest::write(const std::string& name, const std::string& content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return in_folder(name);
}

std::string VideoTest::clip(const std::string& name, const std::string& options) const {
  std::string file = in_folder(name);
  output_of(fmt::format("ffmpeg -v error -nostdin -y {} 'file:{}'", options, file));
  return file;
}

std::string test_source(double seconds, const std::string& size) {
  return fmt::format("-f lavfi -i testsrc2=s={}:r=25:d={}", size, seconds);
}

std::string output_of(const std::string& command) {
  FILE* const pipe = ::popen(command.c_str(), "re");
  std::string output;
  std::array<char, 4096> part{};
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), pipe)) {
    output.append(part.data(), count);
  }
  const int status = ::pclose(pipe);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command << " failed";
  return output;
}

std::string content_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Read read_all(const std::string& source, const VideoOptions& options) {
  Read read;
  auto reader = VideoReader::open(source, options);
  if (!reader) {
    read.error = std::move(reader.error());
    return read;
  }
  read.info = (*reader)->info();
  while (true) {
    auto frame = (*reader)->next();
    if (!frame) {
      read.error = std::move(frame.error());
      return read;
    }
    if (!*frame) {
      return read;
    }
    EXPECT_EQ((*frame)->number, read.frames.size());
    read.frames.emplace_back(**std::move(frame));
  }
}

std::vector<int> milliseconds(const std::vector<ReadFrame>& frames) {
  std::vector<int> times;
  for (const ReadFrame& frame : frames) {
    times.push_back(static_cast<int>(std::lround(frame.seconds * 1000)));
  }
  return times;
}

std::vector<int> steady_times(std::size_t count, int first, int step) {
  std::vector<int> times;
  for (std::size_t frame = 0; frame < count; ++frame) {
    times.push_back(first + step * static_cast<int>(frame));
  }
  return times;
}

}  // namespace yolofleet::video
