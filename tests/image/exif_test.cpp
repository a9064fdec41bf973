#include "image/exif.hpp"

#include <gtest/gtest.h>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

TEST(Exif, BothOrdersOfBytesAndAllOrientations) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(exif_block(orientation, false)), orientation);
    EXPECT_EQ(exif_orientation(exif_block(orientation, true)), orientation);
  }
}

TEST(Exif, ThePrefixThatJpegHasIsSkipped) {
  File block = bytes({'E', 'x', 'i', 'f', 0, 0});
  append(block, exif_block(6, true));
  EXPECT_EQ(exif_orientation(block), 6);
}

TEST(Exif, AValueThatIsNoneIsIgnored) {
  for (const int wrong : {0, 9, 255, 65535}) {
    EXPECT_EQ(exif_orientation(exif_block(wrong, false)), 1) << wrong;
  }
}

TEST(Exif, AnotherTypeOrCountIsIgnored) {
  const std::size_t entry = 10 + 12;
  File type = exif_block(6, false);
  type[entry + 2] = std::byte{4};
  EXPECT_EQ(exif_orientation(type), 1);
  File count = exif_block(6, false);
  count[entry + 4] = std::byte{2};
  EXPECT_EQ(exif_orientation(count), 1);
}

TEST(Exif, NoOrientationIsAsStored) {
  File block = exif_block(6, false);
  block[10 + 12] = std::byte{0x13};
  EXPECT_EQ(exif_orientation(block), 1);
}

TEST(Exif, ABlockCutAnywhereIsAsStoredOrRight) {
  for (const bool big : {false, true}) {
    const File whole = exif_block(6, big);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const File cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      const int expected = length >= 10 + 24 ? 6 : 1;  // the header, the count, two entries
      EXPECT_EQ(exif_orientation(cut), expected) << length;
    }
  }
}

TEST(Exif, ADirectoryOutsideIsIgnored) {
  for (const int offset : {0x7F, 0xFF}) {
    File block = exif_block(6, false);
    for (std::size_t i = 4; i < 8; ++i) {
      block[i] = static_cast<std::byte>(offset);
    }
    EXPECT_EQ(exif_orientation(block), 1);
  }
}

TEST(Exif, MoreEntriesAnnouncedThanThereAreDoNotMatter) {
  File block = exif_block(6, false);
  block[8] = std::byte{0xFF};
  block[9] = std::byte{0xFF};
  EXPECT_EQ(exif_orientation(block), 6);
  block[10 + 12] = std::byte{0x13};  // not found: the search ends where the block does
  EXPECT_EQ(exif_orientation(block), 1);
}

TEST(Exif, AnotherBeginningIsIgnored) {
  EXPECT_EQ(exif_orientation(bytes("http://ns.adobe.com/xap/1.0/")), 1);
  EXPECT_EQ(exif_orientation({}), 1);
}

}  // namespace
}  // namespace yolofleet::image
