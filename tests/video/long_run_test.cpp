#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// The memory of this process in KiB.
long resident() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") {
      long kilobytes = 0;
      status >> kilobytes;
      return kilobytes;
    }
  }
  return 0;
}

// A sanitizer keeps freed memory for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long kSlack = 400'000;
#else
constexpr long kSlack = 8'000;
#endif

class LongRun : public VideoTest {};

TEST_F(LongRun, OpeningAndClosingLeavesNothing) {
  const std::string video = clip("a.mp4", test_source(0.2, "160x120") + " -c:v libx264");
  const std::string text = write("text.mp4", "not a video");
  const auto open_and_close = [&](int times) {
    for (int time = 0; time < times; ++time) {
      auto reader = VideoReader::open(video);
      ASSERT_TRUE(reader) << reader.error().message;
      ASSERT_TRUE((*reader)->next());
      ASSERT_FALSE(VideoReader::open(text));
      if (time % 20 == 0) {
        ASSERT_TRUE(VideoWriter::open(in_folder("b.mp4"), 64, 48, 25));
      }
    }
  };
  open_and_close(100);
  const auto files = open_files();
  const long memory = resident();
  open_and_close(1000);
  EXPECT_EQ(open_files(), files);
  EXPECT_LT(resident(), memory + kSlack);
}

TEST_F(LongRun, ManyFramesLeaveNothing) {
  const std::string video =
      clip("a.mp4", test_source(420, "64x48") + " -c:v libx264 -preset ultrafast");
  auto reader = VideoReader::open(video).value();
  long memory = 0;
  int count = 0;
  for (; true; ++count) {
    const auto frame = reader->next();
    ASSERT_TRUE(frame) << frame.error().message;
    if (!*frame) {
      break;
    }
    memory = count == 500 ? resident() : memory;
  }
  EXPECT_EQ(count, 10'500);
  EXPECT_LT(resident(), memory + kSlack);
}

TEST_F(LongRun, ReadersAndWritersOfSeveralThreadsDontDisturbEachOther) {
  const std::string video = clip("a.mp4", test_source(1, "160x120") + kH264);
  const std::string whole = content_of(video);
  const std::string cut = write("cut.mp4", whole.substr(0, whole.size() / 2));
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      EXPECT_EQ(read_all(video).frames.size(), 25U);
      const Read failed = read_all(cut);
      ASSERT_TRUE(failed.error);
      EXPECT_EQ(failed.error->message, cut + ": is cut off: its index (moov) is missing");
      auto writer = VideoWriter::open(in_folder(std::to_string(number) + ".mp4"), 64, 48, 25);
      ASSERT_TRUE(writer) << writer.error().message;
      EXPECT_TRUE((*writer)->write(Image(64, 48).view(), 0));
      EXPECT_TRUE((*writer)->finish());
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace yolofleet::video
