#include "yolofleet/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

fs::path file_with(const std::string& name, const File& content) {
  const fs::path path = fs::path(::testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  return path;
}

/// Hands out one block at a time and counts.
class CountingMemory final : public PixelMemory {
 public:
  explicit CountingMemory(std::size_t room) : block_(room) {}
  std::uint8_t* take(std::size_t bytes) noexcept override {
    if (bytes > block_.size() || out_ > 0) {
      return nullptr;
    }
    out_ = bytes;
    return block_.data();
  }
  void give_back(std::uint8_t* memory, std::size_t bytes) noexcept override {
    right_ = right_ && memory == block_.data() && bytes == out_;
    out_ = 0;
  }
  std::size_t out() const { return out_; }
  bool right() const { return right_; }
  const std::uint8_t* block() const { return block_.data(); }

 private:
  std::vector<std::uint8_t> block_;
  std::size_t out_ = 0;
  bool right_ = true;
};

TEST(Image, LiesWhereItIsAskedToUntilItEnds) {
  const auto memory = std::make_shared<CountingMemory>(60);
  {
    Image image(5, 4, PixelFormat::kRgb, memory);
    EXPECT_EQ(image.view().data, memory->block());
    EXPECT_EQ(memory->out(), 60U);
    Image moved = std::move(image);
    EXPECT_EQ(memory->out(), 60U);
    EXPECT_EQ(moved.view().data, memory->block());
    const Image no_room(5, 4, PixelFormat::kRgb, memory);
    EXPECT_NE(no_room.view().data, memory->block());
    const Image copy = moved;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_NE(copy.view().data, memory->block());
    moved = Image(1, 1);
    EXPECT_EQ(memory->out(), 0U);
  }
  const Image too_large(5, 5, PixelFormat::kRgb, memory);
  EXPECT_EQ(memory->out(), 0U);
  EXPECT_TRUE(memory->right());
}

TEST(Image, IsDecodedToWhereItIsAskedTo) {
  for (const File& file :
       {jpeg(gradient(40, 30)), png(gradient(40, 30)), webp(gradient(40, 30), true)}) {
    const auto memory = std::make_shared<CountingMemory>(std::size_t{40} * 30 * 3);
    const Image there = Image::decode(file, {1000'000, memory}).value();
    EXPECT_EQ(there.view().data, memory->block());
    EXPECT_TRUE(std::ranges::equal(there.pixels(), Image::decode(file).value().pixels()));
  }
}

TEST(Image, AMovedFromOneIsEmpty) {
  Image image(3, 2);
  const Image moved = std::move(image);
  EXPECT_TRUE(image.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(image.pixels().size(), 0U);
  EXPECT_EQ(moved.pixels().size(), 18U);
}

TEST(Image, ANewOneIsZero) {
  const Image image(3, 2, PixelFormat::kGrey);
  EXPECT_EQ(image.stride(), 3U);
  EXPECT_FALSE(image.empty());
  EXPECT_EQ(image.pixels().size(), 6U);
  EXPECT_TRUE(std::ranges::all_of(image.pixels(), [](int byte) { return byte == 0; }));
  EXPECT_EQ(image.view().width, 3);
  EXPECT_EQ(image.view().data, image.pixels().data());
  EXPECT_TRUE(Image().empty());
}

TEST(Image, NoBytesAreMalformed) {
  EXPECT_EQ(error_of({}).code, ErrorCode::kMalformed);
  EXPECT_EQ(error_of({}).message, "is empty (0 bytes)");
}

TEST(Image, OtherFormatsAreNamed) {
  const std::vector<std::pair<File, std::string>> others{
      {bytes("GIF89a......"), "looks like GIF"},
      {bytes({'I', 'I', '*', 0, 8, 0}), "looks like TIFF"},
      {bytes({'M', 'M', 0, '*', 0, 8}), "looks like TIFF"},
      {bytes({0, 0, 0, 28, 'f', 't', 'y', 'p', 'a', 'v', 'i', 'f'}), "looks like AVIF"},
      {bytes({0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'}), "looks like HEIC"},
      {bytes({0, 0, 0, 24, 'f', 't', 'y', 'p', 'm', 'i', 'f', '1'}), "looks like HEIC"},
      {bytes({0, 0, 0, 24, 'f', 't', 'y', 'p', 'i', 's', 'o', 'm'}),
       "looks like a video (MP4 or QuickTime)"},
      {bytes({0xFF, 0x0A, 1, 2}), "looks like JPEG XL"},
      {bytes({0x1F, 0x8B, 8, 0}), "looks like gzip"},
      {bytes("BMW, Audi, Mercedes\n"), "looks like text"},
      {bytes("hello\tw\xC3\xB6rld\r\n"), "looks like text"},
      {bytes("RIFF....WAVE"), "looks like text"},
      {bytes({0, 1, 2, 3, 4}), "is of no known format (its first bytes: 00 01 02 03)"},
      {bytes({0x89, 0x50}), "is of no known format (its first bytes: 89 50)"},
  };
  for (const auto& [file, looks] : others) {
    const Error error = error_of(file);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << looks;
    EXPECT_EQ(error.message, looks + "; JPEG, PNG, WebP and BMP can be read");
  }
}

TEST(Image, LoadReadsAFileWhateverItsName) {
  const auto image = Image::load(file_with("png_by_content.jpg", png(gradient(8, 8))));
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(difference(*image, gradient(8, 8)), 0);
}

TEST(Image, LoadNamesTheFileInEachError) {
  const auto empty = Image::load(file_with("empty.jpg", {}));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(empty.error().message, EndsWith("empty.jpg: is empty (0 bytes)"));

  const auto missing = Image::load("nowhere/missing.jpg");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, StartsWith("nowhere/missing.jpg: "));

  const auto folder = Image::load(::testing::TempDir());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kIo);

  const auto large = Image::load(file_with("large.png", png(gradient(8, 8))), {63});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(large.error().message, HasSubstr("large.png: PNG of 8 x 8 pixels is too large"));
}

TEST(Image, LoadRefusesAFileOfMoreThanHalfAGigabyteUnread) {
  const fs::path path = file_with("huge.jpg", bytes({0xFF, 0xD8, 0xFF}));
  fs::resize_file(path, (512U << 20) + 1U);  // no disk is used: the rest is a hole
  const auto huge = Image::load(path);
  fs::remove(path);
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(huge.error().message, HasSubstr("huge.jpg: 536870913 bytes; at most 536870912"));
}

}  // namespace
}  // namespace yolofleet::image
