#include "image/jpeg_blocks.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "image/jpeg_markers.hpp"
#include "image/ycbcr.hpp"

namespace yolofleet::image {
namespace {

/// The data of a scan between its markers.
struct ScanData {
  std::vector<std::uint32_t> words;  // the bytes, and kWordsBehind more
  std::vector<std::uint32_t> ends;   // in bytes, of the data before each marker
};

ScanData data_of(Bytes file, const JpegHeader& header) {
  ScanData data;
  data.words.resize((file.size() - header.scan_data) / 4 + ScanWalker::kWordsBehind);
  auto* const begin = reinterpret_cast<std::uint8_t*>(data.words.data());
  auto* to = begin;
  for (std::size_t at = header.scan_data;; ++at) {
    const std::uint8_t byte = byte_at(file, at);
    if (byte != 0xFF) {
      *to++ = byte;
      continue;
    }
    ++at;
    if (const int marker = byte_at(file, at); marker == 0) {
      *to++ = byte;
    } else {
      data.ends.push_back(static_cast<std::uint32_t>(to - begin));
      if (marker == kEoi) {
        return data;
      }
    }
  }
}

/// DC 0, DC 1, AC 0, AC 1. Those that the file doesn't have are empty.
std::array<HuffmanTable, 4> tables_of(Bytes file, const ScanTables& scan) {
  std::array<HuffmanTable, 4> tables{};
  const std::array places{scan.dc[0], scan.dc[1], scan.ac[0], scan.ac[1]};
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (places[i] != 0) {
      const Bytes definition = file.subspan(places[i]);
      std::memcpy(tables[i].definition, definition.data(),
                  std::min(definition.size(), sizeof tables[i].definition));
    }
    tables[i].set(i < scan.dc.size());
    tables[i].fill_fast(0, 1);
  }
  return tables;
}

}  // namespace

ScanShape shape_of(const JpegHeader& header) noexcept {
  const ChromaSampling chroma = sampling_of(header.subsampling, header.width);
  const int columns = chroma.halved_columns ? 2 : 1;
  const int rows = chroma.halved_rows ? 2 : 1;
  const auto along = [](int pixels, int blocks) {
    const int side = 8 * blocks;
    return static_cast<std::uint32_t>((pixels + side - 1) / side);
  };
  const int luma = columns * rows;
  ScanShape shape;
  shape.mcus = along(header.width, columns) * along(header.height, rows);
  shape.blocks = static_cast<std::uint8_t>(header.subsampling == Subsampling::kGrey ? 1 : luma + 2);
  for (int block = 0; block < shape.blocks; ++block) {
    const auto component = static_cast<std::size_t>(std::max(block - luma + 1, 0));
    shape.dc_tables |= static_cast<std::uint8_t>(header.tables.dc_of[component] << block);
    shape.ac_tables |= static_cast<std::uint8_t>(header.tables.ac_of[component] << block);
  }
  return shape;
}

bool has_all_blocks(Bytes file, const JpegHeader& header) {
  const ScanData data = data_of(file, header);
  const auto tables = tables_of(file, header.tables);
  const ScanWalker walker{shape_of(header), tables.data(), data.words.data()};
  std::uint32_t left = walker.shape.mcus;
  std::uint32_t begin = 0;
  for (const std::uint32_t end : data.ends) {
    const std::uint32_t mcus =
        header.restart_interval == 0
            ? left
            : std::min(left, static_cast<std::uint32_t>(header.restart_interval));
    if (!walker.passes({8 * begin, 0, 0}, 8 * end, mcus * walker.shape.blocks)) {
      return false;
    }
    left -= mcus;
    begin = end;
  }
  return left == 0;
}

}  // namespace yolofleet::image
