#include "image/jpeg_header.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <utility>

#include "image/codecs.hpp"
#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

constexpr std::array kAll{Subsampling::k444, Subsampling::k422, Subsampling::k420,
                          Subsampling::k440, Subsampling::kGrey};

File encoded(int width, int height, const JpegEncoding& encoding) {
  return encode_jpeg(gradient(width, height).view(), encoding).value();
}

bool is_whole(const File& file) {
  const auto header = read_jpeg_header(file);
  return header && end_of_scan(file, *header);
}

/// Where a marker's 0xFF stands for the first time.
std::size_t position_of(const File& file, int marker) {
  for (std::size_t i = 0; i + 1 < file.size(); ++i) {
    if (file[i] == std::byte{0xFF} && file[i + 1] == static_cast<std::byte>(marker)) {
      return i;
    }
  }
  ADD_FAILURE() << "no marker " << marker;
  return 0;
}

TEST(JpegHeader, TellsSizeAndSubsampling) {
  for (const Subsampling subsampling : kAll) {
    for (const auto& [width, height] : {std::pair{1, 1}, {16, 8}, {33, 70}, {640, 425}}) {
      const File file = encoded(width, height, {subsampling});
      const auto header = read_jpeg_header(file);
      ASSERT_TRUE(header);
      EXPECT_EQ(header->width, width);
      EXPECT_EQ(header->height, height);
      EXPECT_EQ(header->subsampling, subsampling);
      EXPECT_EQ(header->orientation, 1);
      EXPECT_EQ(header->restart_interval, 0);
      EXPECT_TRUE(end_of_scan(file, *header));
    }
  }
}

TEST(JpegHeader, TellsTheOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    JpegOptions options;
    options.app1 = {exif_block(orientation, orientation % 2 == 0)};
    File segment = bytes("Exif");
    append(segment, bytes({0, 0}));
    append(segment, options.app1.front());
    options.app1 = {segment};
    const auto header = read_jpeg_header(jpeg(gradient(20, 10), options));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->orientation, orientation);
  }
}

TEST(JpegHeader, RefusesKindsThatAreNotSimple) {
  const Image image = gradient(40, 30);
  JpegOptions progressive;
  progressive.progressive = true;
  JpegOptions cmyk;
  cmyk.components = 4;
  JpegOptions arithmetic;
  arithmetic.arithmetic = true;
  for (const JpegOptions& options : {progressive, cmyk, arithmetic}) {
    EXPECT_FALSE(read_jpeg_header(jpeg(image, options)));
  }
  JpegOptions grey;
  grey.components = 1;
  EXPECT_TRUE(read_jpeg_header(jpeg(image, grey)));
  EXPECT_FALSE(read_jpeg_header(png(image)));
  EXPECT_FALSE(read_jpeg_header({}));
}

TEST(JpegHeader, RefusesAFileCutInItsHeaders) {
  const File file = encoded(40, 30, {});
  const std::size_t end = read_jpeg_header(file)->scan_data;
  for (std::size_t size = 0; size < end; ++size) {
    EXPECT_FALSE(read_jpeg_header(Bytes(file).first(size))) << size;
  }
}

TEST(JpegHeader, RefusesWhatIsMissingOrWrong) {
  const File file = encoded(40, 30, {});
  const auto without = [&](int marker) {
    File changed = file;
    changed[position_of(file, marker) + 1] = std::byte{0xFE};  // a comment in its place
    return changed;
  };
  EXPECT_FALSE(read_jpeg_header(without(0xDB))) << "no quantisation table";
  EXPECT_FALSE(read_jpeg_header(without(0xC4))) << "no Huffman table";
  EXPECT_FALSE(read_jpeg_header(without(0xC0))) << "no frame";
  const auto with = [&](std::size_t at, int value) {
    File changed = file;
    changed[at] = static_cast<std::byte>(value);
    return changed;
  };
  const std::size_t frame = position_of(file, 0xC0);
  EXPECT_TRUE(read_jpeg_header(with(frame + 6, 31)));
  EXPECT_FALSE(read_jpeg_header(with(frame + 4, 12))) << "12 bits a sample";
  EXPECT_FALSE(read_jpeg_header(with(frame + 6, 0))) << "no height: a DNL marker would have it";
  EXPECT_FALSE(read_jpeg_header(with(frame + 8, 0))) << "no width";
  File wide = with(frame + 7, 0xFF);
  wide[frame + 8] = std::byte{0xDC};
  EXPECT_TRUE(read_jpeg_header(wide)) << "65,500 columns";
  wide[frame + 8] = std::byte{0xDD};
  EXPECT_FALSE(read_jpeg_header(wide)) << "libjpeg refuses 65,501";
  EXPECT_FALSE(read_jpeg_header(with(frame + 9, 2))) << "two components";
  EXPECT_FALSE(read_jpeg_header(with(frame + 11, 0x41))) << "4:1:1";
  EXPECT_FALSE(read_jpeg_header(with(frame + 14, 0x21))) << "more chroma than usual";
  const std::size_t huffman = position_of(file, 0xC4);
  EXPECT_FALSE(read_jpeg_header(with(huffman + 5, 3))) << "more codes of one bit than there are";
  const std::size_t scan = position_of(file, 0xDA);
  EXPECT_FALSE(read_jpeg_header(with(scan + 4, 1))) << "only luma in the first scan";
  EXPECT_FALSE(read_jpeg_header(with(scan + 12, 5))) << "only some coefficients";
}

TEST(JpegHeader, RefusesRgbAndContradictingMarkers) {
  File file = encoded(40, 30, {Subsampling::k444});
  File adobe = bytes({0xFF, 0xEE, 0, 14});
  append(adobe, bytes("Adobe"));
  append(adobe, bytes({0, 100, 0, 0, 0, 0, 0}));  // the last: no transform, RGB
  file.insert(file.begin() + 2, adobe.begin(), adobe.end());
  EXPECT_FALSE(read_jpeg_header(file));
  file[2 + adobe.size() - 1] = std::byte{1};
  EXPECT_TRUE(read_jpeg_header(file));
  File without_jfif = file;
  without_jfif[position_of(file, 0xE0) + 4] = std::byte{'X'};
  EXPECT_TRUE(read_jpeg_header(without_jfif));
  without_jfif[2 + adobe.size() - 1] = std::byte{0};
  EXPECT_FALSE(read_jpeg_header(without_jfif));
}

TEST(JpegHeader, PassesOverAJfifSegmentThatIsTooShort) {
  File file = encoded(40, 30, {Subsampling::k444});
  const std::size_t jfif = position_of(file, 0xE0);
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(jfif + 9),
             file.begin() + static_cast<std::ptrdiff_t>(jfif + 18));
  file[jfif + 3] = std::byte{7};
  EXPECT_TRUE(read_jpeg_header(file));
  const std::size_t frame = position_of(file, 0xC0);
  const std::size_t scan = position_of(file, 0xDA);
  for (std::size_t i = 0; i < 3; ++i) {  // as libjpeg sees it, the components are R, G and B
    file[frame + 10 + 3 * i] = file[scan + 5 + 2 * i] = static_cast<std::byte>("RGB"[i]);
  }
  EXPECT_FALSE(read_jpeg_header(file));
}

TEST(JpegHeader, RefusesEndlessSegmentsQuickly) {
  File file = bytes({0xFF, 0xD8});
  for (int i = 0; i < 100'000; ++i) {
    append(file, bytes({0xFF, 0xFE, 0, 2}));
  }
  append(file, encoded(8, 8, {}));
  EXPECT_FALSE(read_jpeg_header(file));
}

TEST(WholeScan, NeedsItsEnd) {
  const File file = encoded(64, 48, {});
  ASSERT_TRUE(is_whole(file));
  const std::size_t data = read_jpeg_header(file)->scan_data;
  for (std::size_t size = data; size < file.size(); ++size) {
    const Bytes cut = Bytes(file).first(size);
    EXPECT_FALSE(end_of_scan(cut, *read_jpeg_header(cut))) << size;
  }
  File longer = file;
  append(longer, bytes("what a camera adds"));
  EXPECT_TRUE(is_whole(longer));
}

TEST(WholeScan, NeedsAllItsRestartMarkersInOrder) {
  for (const Subsampling subsampling : kAll) {
    const File file = encoded(100, 75, {subsampling, 3});
    ASSERT_TRUE(is_whole(file));
    File swapped = file;
    swapped[position_of(file, 0xD1) + 1] = std::byte{0xD2};
    EXPECT_FALSE(is_whole(swapped));
    File lost = file;
    const auto first = static_cast<std::ptrdiff_t>(position_of(file, 0xD0));
    const auto last = static_cast<std::ptrdiff_t>(position_of(file, 0xD8 - 1)) + 2;
    lost.erase(lost.begin() + first, lost.begin() + last);  // eight of them: the order is kept
    EXPECT_FALSE(is_whole(lost));
  }
  File unexpected = encoded(64, 48, {});
  unexpected.insert(unexpected.end() - 2, {std::byte{0xFF}, std::byte{0xD0}});
  EXPECT_FALSE(is_whole(unexpected));
}

TEST(WholeScan, RefusesAnotherMarker) {
  File file = encoded(64, 48, {});
  const File comment = bytes({0xFF, 0xFE, 0, 2});
  file.insert(file.end() - 2, comment.begin(), comment.end());
  EXPECT_FALSE(is_whole(file));
}

}  // namespace
}  // namespace yolofleet::image
