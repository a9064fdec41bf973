// A file for each warning of libjpeg that a file can provoke. JWRN_JPEG_EOF, JWRN_BOGUS_ICC and
// JWRN_TOO_MUCH_DATA come from functions that decode_jpeg doesn't call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
// Needs what stands above it.
#include <jpeglib.h>

#include <stdexcept>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kSos = 0xDA;
constexpr int kDht = 0xC4;
constexpr int kEoi = 0xD9;
constexpr int kAdobe = 0xEE;

int at(const File& file, std::size_t position) {
  return std::to_integer<int>(file.at(position));
}

void set(File& file, std::size_t position, int value) {
  file.at(position) = static_cast<std::byte>(value);
}

/// Where the first marker of this kind at or behind `from` begins. Entropy-coded data have no
/// 0xFF before such a byte.
std::size_t marker(const File& file, int kind, std::size_t from = 0) {
  for (std::size_t i = from; i + 1 < file.size(); ++i) {
    if (at(file, i) == 0xFF && at(file, i + 1) == kind) {
      return i;
    }
  }
  throw std::runtime_error("no such marker");
}

/// Where the bytes of the segment at `marker` end.
std::size_t behind(const File& file, std::size_t marker) {
  return marker + 2 + static_cast<std::size_t>((at(file, marker + 2) << 8) | at(file, marker + 3));
}

/// Where the data of the first scan begin.
std::size_t scan_data(const File& file) {
  return behind(file, marker(file, kSos));
}

/// The file with other scan parameters: spectral selection (Ss, Se) and bits (Ah, Al).
File with_parameters(File file, int start, int end, int bits) {
  const std::size_t data = scan_data(file);
  set(file, data - 3, start);
  set(file, data - 2, end);
  set(file, data - 1, bits);
  return file;
}

/// A progressive file cut into its header and its scans, each with its Huffman tables.
struct Scans {
  File header;
  std::vector<File> scans;

  explicit Scans(const File& file) {
    std::size_t place = marker(file, kDht);
    header.assign(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(place));
    while (at(file, place + 1) != kEoi) {
      std::size_t end = behind(file, marker(file, kSos, place));
      while (at(file, end) != 0xFF || at(file, end + 1) == 0) {
        ++end;
      }
      scans.emplace_back(file.begin() + static_cast<std::ptrdiff_t>(place),
                         file.begin() + static_cast<std::ptrdiff_t>(end));
      place = end;
    }
  }

  File together() const {
    File file = header;
    for (const File& scan : scans) {
      append(file, scan);
    }
    append(file, bytes({0xFF, kEoi}));
    return file;
  }
};

File progressive() {
  JpegOptions options;
  options.progressive = true;
  return jpeg(gradient(64, 48), options);
}

File with_restarts() {
  JpegOptions options;
  options.restart_interval = 4;
  return jpeg(gradient(64, 48), options);
}

void expect_same_pixels(const File& changed, const File& original) {
  ASSERT_NE(changed, original);
  const auto expected = Image::decode(original);
  const auto decoded = Image::decode(changed);
  ASSERT_TRUE(expected) << expected.error().message;
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, *expected), 0);
}

/// The refusal of a file whose original can be decoded.
std::string refusal(const File& changed, const File& original) {
  EXPECT_TRUE(Image::decode(original));
  const Error error = error_of(changed);
  EXPECT_EQ(error.code, ErrorCode::kMalformed) << error.message;
  return error.message;
}

TEST(JpegWarnings, ScanParametersThatNoSequentialScanHasAreIgnored) {
  const File file = jpeg(gradient(64, 48));
  expect_same_pixels(with_parameters(file, 0, 0, 0), file);  // as phones write it
  expect_same_pixels(with_parameters(file, 3, 5, 0x21), file);
  JpegOptions grey;
  grey.components = 1;
  grey.subsampled = true;
  expect_same_pixels(with_parameters(jpeg(gradient(64, 48), grey), 0, 0, 0),
                     jpeg(gradient(64, 48), grey));
}

TEST(JpegWarnings, AnUnknownColourTransformIsGuessed) {
  JpegOptions options;
  options.components = 4;
  options.ycck = true;
  const File file = jpeg(quarters(32, 32), options);
  File changed = file;
  set(changed, behind(file, marker(file, kAdobe)) - 1, 7);
  expect_same_pixels(changed, file);
}

TEST(JpegWarnings, AnUnknownVersionOfJfifIsIgnored) {
  const File file = jpeg(gradient(64, 48));
  File changed = file;
  ASSERT_EQ(at(file, 11), 1) << "the major version";
  set(changed, 11, 2);
  expect_same_pixels(changed, file);
}

TEST(JpegWarnings, PaddingIsIgnored) {
  const File file = jpeg(gradient(64, 48));
  const File padding = bytes({0, 1, 2, 3});
  File before_tables = file;
  before_tables.insert(before_tables.begin() + static_cast<std::ptrdiff_t>(marker(file, kDht)),
                       padding.begin(), padding.end());
  expect_same_pixels(before_tables, file);
  File before_end = file;
  before_end.insert(before_end.end() - 2, padding.begin(), padding.end());
  expect_same_pixels(before_end, file);
}

/// The file with another height in its frame header.
File with_height(File file, int frame, int height) {
  const std::size_t place = marker(file, frame) + 5;
  set(file, place, height >> 8);
  set(file, place + 1, height & 0xFF);
  return file;
}

void expect_first_rows(const File& changed, const File& original, int rows) {
  const auto whole = Image::decode(original);
  const auto decoded = Image::decode(changed);
  ASSERT_TRUE(decoded) << decoded.error().message;
  ASSERT_EQ(decoded->height(), rows);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < decoded->width(); ++x) {
      ASSERT_EQ(pixel(*decoded, x, y), pixel(*whole, x, y)) << x << ' ' << y;
    }
  }
}

TEST(JpegWarnings, RowsBeyondTheDeclaredHeightAreLeftOut) {
  constexpr int kBaseline = 0xC0;
  constexpr int kProgressive = 0xC2;
  JpegOptions options;
  for (const int interval : {0, 4}) {
    options.restart_interval = interval;
    const File file = jpeg(gradient(64, 128), options);
    expect_first_rows(with_height(file, kBaseline, 64), file, 64);
  }
  options = {};
  options.progressive = true;
  const File several = jpeg(gradient(64, 128), options);
  expect_first_rows(with_height(several, kProgressive, 64), several, 64);
  // More rows than there are: pixels are missing.
  EXPECT_THAT(refusal(with_height(several, kProgressive, 192), several),
              HasSubstr("premature end of data segment"));
}

TEST(JpegWarnings, BytesBeforeARestartMarkerHeldPixels) {
  const File file = with_restarts();
  File changed = file;
  changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(marker(file, 0xD0, scan_data(file))),
                 3, std::byte{1});
  EXPECT_THAT(refusal(changed, file), HasSubstr("extraneous bytes before marker 0xd0"));
}

TEST(JpegWarnings, ARestartMarkerWithAnotherNumberIsCorrupt) {
  const File file = with_restarts();
  for (const int number : {1, 2, 4, 7}) {
    File changed = file;
    set(changed, marker(file, 0xD0, scan_data(file)) + 1, 0xD0 + number);
    EXPECT_THAT(refusal(changed, file), HasSubstr("instead of RST0")) << number;
  }
}

TEST(JpegWarnings, AMissingIntervalIsCorrupt) {
  const File file = with_restarts();
  const auto first = static_cast<std::ptrdiff_t>(marker(file, 0xD0, scan_data(file)));
  const auto second = static_cast<std::ptrdiff_t>(marker(file, 0xD1, scan_data(file)));
  File changed = file;
  changed.erase(changed.begin() + first, changed.begin() + second);
  EXPECT_THAT(refusal(changed, file), HasSubstr("found marker 0xd1 instead of RST0"));
}

TEST(JpegWarnings, AScanThatIsTooShortIsCorrupt) {
  const File file = jpeg(gradient(64, 48));
  File changed = file;
  changed.erase(changed.end() - 22, changed.end() - 2);
  EXPECT_EQ(refusal(changed, file),
            "JPEG is corrupt: Corrupt JPEG data: premature end of data segment");
}

TEST(JpegWarnings, ACodeThatNoTableHasIsCorrupt) {
  const File file = jpeg(gradient(64, 48));
  File changed = file;
  // Sixteen ones are no code; a zero follows each 0xFF of the data.
  const std::size_t middle = (scan_data(file) + file.size()) / 2;
  for (std::size_t i = 0; i < 8; ++i) {
    set(changed, middle + i, i % 2 == 0 ? 0xFF : 0);
  }
  EXPECT_EQ(refusal(changed, file), "JPEG is corrupt: Corrupt JPEG data: bad Huffman code");
}

TEST(JpegWarnings, TheMeanMayComeAfterTheDetails) {
  const File file = progressive();
  Scans scans(file);
  ASSERT_EQ(scans.together(), file);
  std::rotate(scans.scans.begin(), scans.scans.begin() + 1, scans.scans.begin() + 4);
  expect_same_pixels(scans.together(), file);
}

TEST(JpegWarnings, WithoutTheMeanAPictureIsCorrupt) {
  const File file = progressive();
  Scans scans(file);
  // Those of the mean begin with coefficient 0.
  const auto has_mean = [](const File& scan) { return at(scan, scan_data(scan) - 3) == 0; };
  scans.scans.erase(std::remove_if(scans.scans.begin(), scans.scans.end(), has_mean),
                    scans.scans.end());
  EXPECT_EQ(refusal(scans.together(), file),
            "JPEG is corrupt: no scan has the mean values (DC) of component 0");
}

TEST(JpegWarnings, BitsWithoutTheHigherOnesAreCorrupt) {
  const File file = progressive();
  Scans scans(file);
  const auto refines = [](const File& scan) { return at(scan, scan_data(scan) - 1) >> 4 == 2; };
  const auto finer = std::find_if(scans.scans.begin(), scans.scans.end(), refines);
  ASSERT_NE(finer, scans.scans.end());
  scans.scans.erase(finer);  // the last bit comes before the one above it
  EXPECT_THAT(refusal(scans.together(), file),
              StartsWith("JPEG is corrupt: Inconsistent progression sequence for component 0"));
}

TEST(JpegWarnings, AScanThatIsRepeatedIsCorrupt) {
  const File file = progressive();
  Scans scans(file);
  scans.scans.insert(scans.scans.begin(), scans.scans.front());
  EXPECT_EQ(refusal(scans.together(), file),
            "JPEG is corrupt: Inconsistent progression sequence for component 0 coefficient 0");
}

#ifdef C_ARITH_CODING_SUPPORTED
File arithmetic() {
  JpegOptions options;
  options.arithmetic = true;
  return jpeg(gradient(64, 48), options);
}

TEST(JpegWarnings, ArithmeticCodingIsRead) {
  const auto decoded = Image::decode(arithmetic());
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, *Image::decode(jpeg(gradient(64, 48)))), 0);
  expect_same_pixels(with_parameters(arithmetic(), 0, 0, 0), arithmetic());
}

/// The file whose data are replaced from a place on by equal bytes.
File overwritten(File file, std::size_t from, int value) {
  std::fill(file.begin() + static_cast<std::ptrdiff_t>(from), file.end() - 2,
            static_cast<std::byte>(value));
  return file;
}

// Most bytes stand for some pixels, so several have to be tried.
TEST(JpegWarnings, AnArithmeticCodeOutOfRangeIsCorrupt) {
  const File file = arithmetic();
  const std::size_t first = scan_data(file);
  std::size_t met = 0;
  for (const std::size_t part : {0U, 1U, 2U, 3U}) {
    for (int value = 0; value < 0xFF; ++value) {
      const File changed = overwritten(file, first + (file.size() - first) * part / 4, value);
      met += error_of(changed).message == "JPEG is corrupt: Corrupt JPEG data: bad arithmetic code"
                 ? 1U
                 : 0U;
    }
  }
  EXPECT_GT(met, 0U);
}

TEST(JpegWarnings, AnArithmeticScanThatIsCutIsTruncated) {
  const File file = arithmetic();
  File changed = file;
  changed.resize(file.size() * 3 / 4);
  EXPECT_EQ(refusal(changed, file), "JPEG is truncated: its end marker is missing");
}
#endif

}  // namespace
}  // namespace yolofleet::image
