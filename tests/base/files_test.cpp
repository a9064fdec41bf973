#include "base/files.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <thread>

namespace yolofleet::base {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

fs::path file_with(const std::string& name, const std::string& content) {
  fs::path path = fs::path(::testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(ReadText, GivesEveryByte) {
  const std::string content("a\0b\r\n", 5);
  EXPECT_EQ(read_text(file_with("every_byte", content), 100).value(), content);
}

TEST(ReadText, AnEmptyFileIsEmpty) {
  EXPECT_EQ(read_text(file_with("empty", ""), 100).value(), "");
}

TEST(ReadText, TheLimitItselfIsAllowed) {
  EXPECT_EQ(read_text(file_with("at_limit", "12345"), 5).value(), "12345");
}

TEST(ReadText, OverTheLimitIsRefused) {
  const auto result = read_text(file_with("over_limit", "123456"), 5);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(result.error().message, HasSubstr("over_limit: 6 bytes; at most 5 are read"));
}

TEST(ReadBytes, AnEndlessFileStopsAtTheLimit) {
  const auto result = read_bytes("/dev/zero", 1000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(result.error().message, HasSubstr("more than the 1000 bytes"));
}

TEST(ReadBytes, AMissingFileIsNotFound) {
  const auto result = read_bytes("/nowhere/at/all", 100);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(result.error().message, HasSubstr("/nowhere/at/all: can't be read"));
}

TEST(ReadBytes, AFolderIsSaidToBeOne) {
  const auto result = read_bytes(::testing::TempDir(), 100);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kIo);
  EXPECT_THAT(result.error().message, HasSubstr("is a folder"));
}

TEST(ReadBytes, TakesNoMoreMemoryThanTheFileNeeds) {
  const auto bytes = read_bytes(file_with("exact", std::string(100'000, 'x')), 1'000'000);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), 100'000U);
  EXPECT_EQ(bytes->capacity(), 100'000U);
}

TEST(ReadBytes, APipeIsReadToItsEnd) {
  const fs::path pipe = fs::path(::testing::TempDir()) / "read_pipe";
  fs::remove(pipe);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << std::string(10'000, 'p'); });
  EXPECT_EQ(read_text(pipe, 10'000).value(), std::string(10'000, 'p'));
  writer.join();
}

// Sanitizers take more memory than this allows.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ReadBytes, NoMemoryIsAnErrorWithTheFilesName) {
  const fs::path file = file_with("huge", "");
  fs::resize_file(file, std::uintmax_t{1} << 36U);  // a hole
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &usual), 0);
  const rlimit little{rlim_t{1} << 35U, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &little), 0);
  const auto result = read_bytes(file, std::size_t{1} << 37U);
  EXPECT_EQ(setrlimit(RLIMIT_AS, &usual), 0);
  fs::remove(file);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(result.error().message, file.string() + ": no memory for its bytes");
}
#endif

TEST(OpenRegular, TakesNothingElseAndWaitsForNothing) {
  const fs::path pipe = fs::path(::testing::TempDir()) / "open_pipe";
  fs::remove(pipe);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const fs::path& file : {pipe, fs::path(::testing::TempDir()), fs::path("/dev/null")}) {
    const auto opened = open_regular(file, O_RDONLY);
    ASSERT_FALSE(opened) << file;
    EXPECT_EQ(opened.error().code, ErrorCode::kIo);
    EXPECT_EQ(opened.error().message, "isn't a regular file");
  }
  const auto missing = open_regular("/nowhere/at/all", O_RDONLY);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "No such file or directory");
}

TEST(ReadSome, StopsAtTheEnd) {
  const auto file = open_regular(file_with("some", "abc"), O_RDONLY).value();
  std::array<std::byte, 5> bytes{};
  EXPECT_EQ(read_some(file, std::span{bytes}.first(2)).value(), 2U);
  EXPECT_EQ(bytes[1], std::byte{'b'});
  EXPECT_EQ(read_some(file, bytes).value(), 1U);
  const Descriptor closed{-1};
  EXPECT_EQ(read_some(closed, bytes).error().message, "Bad file descriptor");
}

TEST(WriteAtomically, TheUmaskSaysWhoMayReadIt) {
  const fs::path file = fs::path(::testing::TempDir()) / "umask" / "file";
  const std::array bytes{std::byte{1}, std::byte{2}};
  const mode_t before = umask(027);
  const auto written = write_atomically(file, {bytes});
  umask(before);
  ASSERT_TRUE(written);
  EXPECT_EQ(fs::status(file).permissions(), static_cast<fs::perms>(0640));
  EXPECT_EQ(std::distance(fs::directory_iterator{file.parent_path()}, fs::directory_iterator{}), 1)
      << "nothing temporary is left";
}

}  // namespace
}  // namespace yolofleet::base
