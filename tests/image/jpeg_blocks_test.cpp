#include "image/jpeg_blocks.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <utility>

#include "image/codecs.hpp"
#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

constexpr std::array kSubsamplings{Subsampling::k444, Subsampling::k422, Subsampling::k420,
                                   Subsampling::k440, Subsampling::kGrey};

/// A picture whose blocks have all kinds of codes.
Image noise(int width, int height) {
  std::mt19937 random{3};
  return picture(width, height, [&](int x, int y) {
    return static_cast<std::uint32_t>((x / 32 + y / 32) % 2 == 0 ? random() & 0xFFFFFFU
                                                                 : 0x808080U);
  });
}

bool has_all(const File& file) {
  const auto header = read_jpeg_header(file);
  return header && end_of_scan(file, *header) && has_all_blocks(file, *header);
}

File noisy(int width, int height, const JpegEncoding& encoding) {
  return encode_jpeg(noise(width, height).view(), encoding).value();
}

/// The file with its scan cut to `size` bytes, and the end marker.
File cut(const File& file, std::size_t size) {
  const std::size_t data = read_jpeg_header(file)->scan_data;
  File shorter(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(data + size));
  append(shorter, bytes({0xFF, 0xD9}));
  return shorter;
}

TEST(JpegBlocks, AreAllThereInWholeFiles) {
  for (const Subsampling subsampling : kSubsamplings) {
    for (const int interval : {0, 1, 3, 7}) {
      for (const auto& [width, height] :
           {std::pair{1, 1}, {8, 8}, {16, 16}, {33, 70}, {331, 203}}) {
        EXPECT_TRUE(has_all(noisy(width, height, {subsampling, interval})))
            << width << " x " << height << ", interval " << interval;
      }
    }
  }
}

TEST(JpegBlocks, AreMissedWhereverTheScanIsCut) {
  for (const Subsampling subsampling : kSubsamplings) {
    const File file = noisy(64, 48, {subsampling});
    const std::size_t data = read_jpeg_header(file)->scan_data;
    for (std::size_t size = 0; data + size + 2 < file.size(); ++size) {
      EXPECT_FALSE(has_all(cut(file, size))) << size;
    }
  }
}

TEST(JpegBlocks, AreTooManyWithMoreBytes) {
  File file = noisy(64, 48, {});
  file.insert(file.end() - 2, std::byte{0});
  EXPECT_FALSE(has_all(file));
}

TEST(JpegBlocks, AreCountedBetweenRestarts) {
  const File file = noisy(64, 48, {Subsampling::k444, 2});
  const std::size_t data = read_jpeg_header(file)->scan_data;
  File changed = file;
  for (std::size_t i = data; i + 1 < changed.size(); ++i) {
    if (changed[i] == std::byte{0xFF} && changed[i + 1] == std::byte{0xD0}) {
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i) - 20,
                    changed.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
  }
  EXPECT_FALSE(has_all(changed));
}

/// libjpeg judges: what has all blocks it decodes without a warning.
TEST(JpegBlocks, AreAllThereOnlyInFilesThatLibjpegDecodes) {
  std::mt19937 random{5};
  int all = 0;
  int refused = 0;
  for (const Subsampling subsampling : kSubsamplings) {
    for (const int interval : {0, 3}) {
      const File file = noisy(100, 75, {subsampling, interval});
      const std::size_t data = read_jpeg_header(file)->scan_data;
      for (int i = 0; i < 1000; ++i) {
        File wrong = file;
        const int changes = 1 + i % 3;
        for (int change = 0; change < changes; ++change) {
          wrong[data + random() % (wrong.size() - data - 2)] ^=
              static_cast<std::byte>(1U << (random() % 8));
        }
        const bool decodes = Planes::decode(wrong).has_value();
        refused += decodes ? 0 : 1;
        if (has_all(wrong)) {
          ++all;
          EXPECT_TRUE(decodes) << i;
        }
      }
    }
  }
  EXPECT_GT(all, 500);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace yolofleet::image
