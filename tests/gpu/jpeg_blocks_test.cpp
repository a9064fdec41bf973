// The kernel that looks whether JPEG scans have all their blocks: the CPU's version judges.

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "backend/tensorrt/jpeg/file_room.hpp"
#include "gpu/jpeg_files.hpp"
#include "image/jpeg_blocks.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::files_of_all_kinds;

class JpegBlocksCuda : public testing::GpuTest {
 protected:
  /// The kernel must say the same as the CPU of each file whose markers are right. It gets the
  /// files in batches.
  void compare(const std::vector<EncodedImage>& files) {
    const cuda::DeviceGuard guard{device()};
    FileRoom room(device(), std::size_t{8} << 20U, kJpegBatch);
    std::size_t all = 0;
    std::size_t compared = 0;
    for (std::size_t i = 0; i < files.size();) {
      room.clear();
      std::vector<bool> expected;
      for (; i < files.size(); ++i) {
        const auto header = image::read_jpeg_header(files[i]);
        const auto end = header ? image::end_of_scan(files[i], *header) : std::nullopt;
        if (!end) {
          continue;
        }
        if (!room.add(files[i], *header, *end)) {
          break;
        }
        expected.push_back(image::has_all_blocks(files[i], *header));
      }
      ASSERT_FALSE(expected.empty()) << "a file is larger than the room";
      room.check();
      const auto found = room.has_all_blocks();
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t file = 0; file < found.size(); ++file) {
        ASSERT_EQ(found[file] != 0, expected[file]) << compared;
        all += expected[file] ? 1U : 0U;
        ++compared;
      }
    }
    std::cout << all << " of " << compared << " files have all blocks\n";
  }
};

TEST_F(JpegBlocksCuda, AreThoseOfTheCpu) {
  compare(files_of_all_kinds({{1, 1}, {8, 8}, {17, 33}, {64, 64}, {331, 203}, {1920, 1080}}));
}

TEST_F(JpegBlocksCuda, AreThoseOfTheCpuInDamagedFiles) {
  std::mt19937 random{11};
  std::vector<EncodedImage> damaged;
  for (const EncodedImage& file : files_of_all_kinds({{40, 30}, {331, 203}})) {
    const std::size_t data = image::read_jpeg_header(file)->scan_data;
    for (int i = 0; i < 100; ++i) {
      EncodedImage& wrong = damaged.emplace_back(file);
      for (int change = 0; change <= i % 3; ++change) {
        wrong[data + random() % (wrong.size() - data - 2)] ^=
            static_cast<std::byte>(1U << (random() % 8));
      }
      EncodedImage& cut = damaged.emplace_back(file);
      cut.erase(
          cut.begin() + static_cast<std::ptrdiff_t>(data + random() % (cut.size() - data - 2)),
          cut.end() - 2);
    }
  }
  compare(damaged);
}

TEST_F(JpegBlocksCuda, AreCopiedWhileThereIsRoom) {
  const EncodedImage file = check_file(64, 48, Subsampling::k420, false);
  const auto header = image::read_jpeg_header(file).value();
  const std::size_t end = image::end_of_scan(file, header).value();
  FileRoom of_bytes(device(), 2 * file.size() + 256, 9);
  FileRoom of_files(device(), std::size_t{1} << 20U, 2);
  for (FileRoom* const room : {&of_bytes, &of_files}) {
    for (int round = 0; round < 2; ++round) {
      room->clear();
      const auto first = room->add(file, header, end);
      const auto second = room->add(file, header, end);
      for (const auto& copy : {first, second}) {
        ASSERT_TRUE(copy);
        EXPECT_NE(copy->data(), file.data());
        EXPECT_EQ(EncodedImage(copy->begin(), copy->end()), file);
      }
      EXPECT_GE(second->data(), first->data() + first->size());
      EXPECT_FALSE(room->add(file, header, end));
    }
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
