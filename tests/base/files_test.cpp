#include "base/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace yolofleet::base {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path file_with(const std::string& name, const std::string& content) {
  const fs::path path = fs::path(testing::TempDir()) / name;
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
  const auto result = read_bytes(testing::TempDir(), 100);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kIo);
  EXPECT_THAT(result.error().message, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace yolofleet::base
