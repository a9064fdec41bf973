#include "input/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <future>

#include "command/temporary_folder.hpp"
#include "shared/signals.hpp"

namespace yolofleet::command {
namespace {

using ::testing::HasSubstr;

TEST(ReadFile, GivesEveryByte) {
  const TemporaryFolder folder;
  const std::string content(200'000, 'q');
  const auto bytes = read_file(folder.write("a", content), -1);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), content.size());
  EXPECT_EQ(bytes->back(), std::byte{'q'});
  EXPECT_TRUE(read_file(folder.write("empty", ""), -1)->empty());
}

TEST(ReadFile, NamesWhatIsMissingOrNoFile) {
  const TemporaryFolder folder;
  const auto missing = read_file(folder.path() / "gone.jpg", -1);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("gone.jpg: can't be read: No such file"));
  EXPECT_EQ(read_file(folder.write("a") / "b", -1).error().code, ErrorCode::kNotFound);
  const auto is_folder = read_file(folder.path(), -1);
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(is_folder.error().code, ErrorCode::kIo);
  EXPECT_THAT(is_folder.error().message, HasSubstr("is a folder, not a file"));
}

TEST(ReadFile, KeepsToTheLimit) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_file(folder.write("a", "12345"), -1, 5));
  const auto over = read_file(folder.write("a", "123456"), -1, 5);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(over.error().message, HasSubstr("a: 6 bytes; at most 5 are read"));
  const auto endless = read_file("/dev/zero", -1, 1000);
  ASSERT_FALSE(endless);
  EXPECT_THAT(endless.error().message, HasSubstr("more than 1000 bytes"));
}

TEST(ReadFile, APipeWithoutAWriterIsGivenUpOnRequest) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  StopSignals stop(false);
  auto reading = std::async(std::launch::async, [&] { return read_file(pipe, stop.descriptor()); });
  stop.request_stop();
  const auto result = reading.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(stop.received(), 0);
}

TEST(ReadFile, APipeWhoseWriterHasGoneIsReadToItsEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "abc", 3), 3);
  ::close(ends[1]);
  EXPECT_EQ(read_file("/dev/fd/" + std::to_string(ends[0]), -1)->size(), 3U);
  ::close(ends[0]);
}

TEST(StopSignals, TheFirstSignalIsARequest) {
  const StopSignals stop(false);
  EXPECT_FALSE(stop.stop_requested());
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_TRUE(stop.stop_requested());
  EXPECT_EQ(stop.received(), SIGTERM);
}

TEST(StopSignals, EachStartsAfresh) {
  {
    StopSignals stop(false);
    stop.request_stop();
  }
  const StopSignals stop(false);
  EXPECT_FALSE(stop.stop_requested());
  EXPECT_EQ(stop.received(), 0);
}

}  // namespace
}  // namespace yolofleet::command
