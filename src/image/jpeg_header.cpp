#include "image/jpeg_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "image/exif.hpp"
#include "image/jpeg_markers.hpp"

namespace yolofleet::image {
namespace {

// Further markers.
constexpr int kDqt = 0xDB;
constexpr int kDri = 0xDD;
constexpr int kApp0 = 0xE0;
constexpr int kApp1 = 0xE1;
constexpr int kApp14 = 0xEE;
constexpr int kApp15 = 0xEF;
constexpr int kCom = 0xFE;

constexpr int kMostSegments = 500;  // a large colour profile takes some 50
constexpr int kMostTables = 4;
constexpr int kMostSide = 65500;        // libjpeg refuses more pixels
constexpr std::size_t kLeastJfif = 14;  // bytes; libjpeg passes over shorter JFIF segments

bool begins_with(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// A component of the picture, as the SOF0 segment describes it.
struct Component {
  int id = 0;
  int columns = 0;  // sampling factors
  int rows = 0;
  int quantisation = 0;  // its table
};

/// Reads segment after segment up to the scan.
class HeaderReader {
 public:
  explicit HeaderReader(Bytes file) : file_(file) {}

  std::optional<JpegHeader> read();

 private:
  /// The reader's next step after a segment.
  enum class Next { kSegment, kScan, kRefused };

  Next read_segment(int marker, Bytes segment);
  bool read_frame(Bytes segment);
  bool read_quantisation(Bytes segment);
  bool read_huffman(Bytes segment);
  /// A table's place among those of its kind in the header; null if a baseline scan can't use it.
  std::size_t* place_of(int kind, int table);
  bool read_scan(Bytes segment);
  bool is_ycbcr() const;
  bool find_subsampling();

  Bytes file_;
  JpegHeader header_;
  int components_ = 0;  // 0: no frame yet
  std::array<Component, 3> component_;
  std::array<bool, kMostTables> quantisation_{};
  bool jfif_ = false;
  int adobe_transform_ = -1;  // -1: no Adobe marker
  bool exif_ = false;
};

bool HeaderReader::read_frame(Bytes segment) {
  if (components_ != 0 || segment.size() < 6 || byte_at(segment, 0) != 8) {
    return false;
  }
  header_.height = big16(segment, 1);
  header_.width = big16(segment, 3);
  components_ = byte_at(segment, 5);
  if (header_.width == 0 || header_.height == 0 || header_.width > kMostSide ||
      header_.height > kMostSide || (components_ != 1 && components_ != 3) ||
      segment.size() != 6 + 3 * static_cast<std::size_t>(components_)) {
    return false;
  }
  for (int i = 0; i < components_; ++i) {
    const std::size_t at = 6 + 3 * static_cast<std::size_t>(i);
    Component& component = component_[static_cast<std::size_t>(i)];
    component = {byte_at(segment, at), byte_at(segment, at + 1) >> 4, byte_at(segment, at + 1) & 15,
                 byte_at(segment, at + 2)};
    if (component.quantisation >= kMostTables) {
      return false;
    }
  }
  return find_subsampling();
}

bool HeaderReader::find_subsampling() {
  const auto has = [&](std::size_t i, int columns, int rows) {
    return component_[i].columns == columns && component_[i].rows == rows;
  };
  if (components_ == 1) {
    header_.subsampling = Subsampling::kGrey;
    return has(0, 1, 1);
  }
  if (!has(1, 1, 1) || !has(2, 1, 1)) {
    return false;
  }
  if (has(0, 1, 1)) {
    header_.subsampling = Subsampling::k444;
  } else if (has(0, 2, 1)) {
    header_.subsampling = Subsampling::k422;
  } else if (has(0, 2, 2)) {
    header_.subsampling = Subsampling::k420;
  } else if (has(0, 1, 2)) {
    header_.subsampling = Subsampling::k440;
  } else {
    return false;
  }
  return true;
}

bool HeaderReader::read_quantisation(Bytes segment) {
  while (!segment.empty()) {
    const int precision = byte_at(segment, 0) >> 4;
    const int table = byte_at(segment, 0) & 15;
    constexpr std::size_t kBytes = 1 + 64;
    if (precision != 0 || table >= kMostTables || segment.size() < kBytes) {
      return false;
    }
    quantisation_[static_cast<std::size_t>(table)] = true;
    segment = segment.subspan(kBytes);
  }
  return true;
}

std::size_t* HeaderReader::place_of(int kind, int table) {
  auto& places = kind == 0 ? header_.tables.dc : header_.tables.ac;
  const auto i = static_cast<std::size_t>(table);
  return i < places.size() ? &places[i] : nullptr;
}

bool HeaderReader::read_huffman(Bytes segment) {
  constexpr std::size_t kCounts = 17;
  while (!segment.empty()) {
    const int kind = byte_at(segment, 0) >> 4;
    const int table = byte_at(segment, 0) & 15;
    if (kind > 1 || table >= kMostTables || segment.size() < kCounts) {
      return false;
    }
    std::size_t values = 0;
    int unused = 1;  // codes of this length that no shorter code begins
    for (std::size_t length = 1; length < kCounts; ++length) {
      const int count = byte_at(segment, length);
      unused = 2 * unused - count;
      values += static_cast<std::size_t>(count);
      if (unused < 1) {  // the code of ones alone is reserved
        return false;
      }
    }
    if (values > 256 || segment.size() < kCounts + values) {
      return false;
    }
    const Bytes symbols = segment.subspan(kCounts, values);
    if (kind == 0 && std::any_of(symbols.begin(), symbols.end(),
                                 [](std::byte each) { return each > std::byte{11}; })) {
      return false;
    }
    if (std::size_t* const place = place_of(kind, table); place != nullptr) {
      *place = static_cast<std::size_t>(segment.data() - file_.data()) + 1;
    }
    segment = segment.subspan(kCounts + values);
  }
  return true;
}

bool HeaderReader::read_scan(Bytes segment) {
  const auto count = static_cast<std::size_t>(components_);
  if (count == 0 || segment.size() != 4 + 2 * count || byte_at(segment, 0) != components_) {
    return false;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const int id = byte_at(segment, 1 + 2 * i);
    const std::size_t dc = byte_at(segment, 2 + 2 * i) >> 4U;
    const std::size_t ac = byte_at(segment, 2 + 2 * i) & 15U;
    const Component& component = component_[i];
    ScanTables& tables = header_.tables;
    if (id != component.id || dc > 1 || ac > 1 || tables.dc[dc] == 0 || tables.ac[ac] == 0 ||
        !quantisation_[static_cast<std::size_t>(component.quantisation)]) {
      return false;
    }
    tables.dc_of[i] = static_cast<std::uint8_t>(dc);
    tables.ac_of[i] = static_cast<std::uint8_t>(ac);
  }
  const std::size_t at = 1 + 2 * count;
  return byte_at(segment, at) == 0 && byte_at(segment, at + 1) == 63 &&
         byte_at(segment, at + 2) == 0 && (components_ == 1 || is_ycbcr());
}

/// As libjpeg guesses it (jdapimin.c, default_decompress_parms), but unusual numbers of components
/// are refused.
bool HeaderReader::is_ycbcr() const {
  if (jfif_) {
    return adobe_transform_ != 0;  // the two markers contradict each other
  }
  if (adobe_transform_ >= 0) {
    return adobe_transform_ == 1;
  }
  return component_[0].id == 1 && component_[1].id == 2 && component_[2].id == 3;
}

HeaderReader::Next HeaderReader::read_segment(int marker, Bytes segment) {
  bool good = true;
  switch (marker) {
    case kSof0:
      good = read_frame(segment);
      break;
    case kDqt:
      good = read_quantisation(segment);
      break;
    case kDht:
      good = read_huffman(segment);
      break;
    case kDri:
      good = segment.size() == 2;
      header_.restart_interval = good ? big16(segment, 0) : 0;
      break;
    case kSos:
      return read_scan(segment) ? Next::kScan : Next::kRefused;
    case kApp0:
      jfif_ = jfif_ || (segment.size() >= kLeastJfif && begins_with(segment, {"JFIF\0", 5}));
      break;
    case kApp1:
      if (!exif_ && begins_with(segment, "Exif")) {
        exif_ = true;
        header_.orientation = exif_orientation(segment);
      }
      break;
    case kApp14:
      if (begins_with(segment, "Adobe") && segment.size() >= 12) {
        adobe_transform_ = byte_at(segment, 11);
      }
      break;
    default:
      good = (marker > kApp0 && marker <= kApp15) || marker == kCom;
  }
  return good ? Next::kSegment : Next::kRefused;
}

std::optional<JpegHeader> HeaderReader::read() {
  if (file_.size() < 4 || byte_at(file_, 0) != 0xFF || byte_at(file_, 1) != kSoi) {
    return std::nullopt;
  }
  std::size_t at = 2;
  for (int count = 0; count < kMostSegments && at + 4 <= file_.size(); ++count) {
    const std::size_t length = big16(file_, at + 2);
    if (byte_at(file_, at) != 0xFF || length < 2 || length > file_.size() - at - 2) {
      return std::nullopt;
    }
    const Next next = read_segment(byte_at(file_, at + 1), file_.subspan(at + 4, length - 2));
    at += 2 + length;
    if (next == Next::kScan) {
      header_.scan_data = at;
      return header_;
    }
    if (next == Next::kRefused) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<JpegHeader> read_jpeg_header(Bytes file) noexcept {
  return HeaderReader{file}.read();
}

}  // namespace yolofleet::image
