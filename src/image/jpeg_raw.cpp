#include "image/jpeg_raw.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

namespace yolofleet::image {
namespace {

/// The side of a block that the DCT gives, in samples: 8, or less at a fraction of the size.
int block_side(const jpeg_component_info& component) noexcept {
#if JPEG_LIB_VERSION >= 70
  return component.DCT_h_scaled_size;
#else
  return component.DCT_scaled_size;
#endif
}

/// Columns and rows of samples that the component has in each MCU.
int columns_in_mcu(const jpeg_component_info& component) noexcept {
  return component.h_samp_factor * block_side(component);
}
int rows_in_mcu(const jpeg_component_info& component) noexcept {
  return component.v_samp_factor * block_side(component);
}

/// The chroma has `columns` and `rows` for one of its own.
std::optional<Subsampling> subsampling_of(int columns, int rows) noexcept {
  if (columns == 1) {
    return rows == 1   ? std::optional(Subsampling::k444)
           : rows == 2 ? std::optional(Subsampling::k440)
                       : std::nullopt;
  }
  if (columns == 2) {
    return rows == 1   ? std::optional(Subsampling::k422)
           : rows == 2 ? std::optional(Subsampling::k420)
                       : std::nullopt;
  }
  return std::nullopt;
}

/// The rows of one plane, as libjpeg fills them: an MCU's rows at once, and whole blocks, which may
/// reach beyond the plane's right and bottom edges.
class PlaneRows {
 public:
  PlaneRows(const jpeg_component_info& component, std::uint8_t* plane, const PlaneSize& size)
      : plane_(plane),
        size_(size),
        at_once_(rows_in_mcu(component)),
        padded_(static_cast<std::size_t>(component.width_in_blocks) *
                static_cast<std::size_t>(block_side(component))),
        scratch_(padded_ * static_cast<std::size_t>(at_once_)),
        rows_(static_cast<std::size_t>(at_once_)) {}

  /// Where libjpeg is to put the next rows.
  JSAMPARRAY next() noexcept {
    for (int i = 0; i < at_once_; ++i) {
      rows_[static_cast<std::size_t>(i)] = in_place(i) ? row(i) : scratch_row(i);
    }
    return rows_.data();
  }

  /// Takes the rows that libjpeg has filled.
  void advance() noexcept {
    const int count = std::min(at_once_, size_.rows - first_);
    for (int i = 0; i < count; ++i) {
      if (!in_place(i)) {
        std::memcpy(row(i), scratch_row(i), size_.row_bytes);
      }
    }
    first_ += at_once_;
  }

 private:
  bool in_place(int i) const noexcept {
    return padded_ == size_.row_bytes && first_ + i < size_.rows;
  }
  std::uint8_t* row(int i) const noexcept {
    return plane_ + static_cast<std::size_t>(first_ + i) * size_.row_bytes;
  }
  std::uint8_t* scratch_row(int i) noexcept {
    return scratch_.data() + static_cast<std::size_t>(i) * padded_;
  }

  std::uint8_t* plane_;
  PlaneSize size_;
  int at_once_;
  std::size_t padded_;  // bytes of a row of blocks
  std::vector<std::uint8_t> scratch_;
  std::vector<JSAMPROW> rows_;
  int first_ = 0;  // row of the plane
};

void read_rows(JpegSession& session, std::vector<PlaneRows>& planes) {
  jpeg_decompress_struct& info = session.info;
  // At a fraction of the size chroma may have as many rows as luma.
  const int lines = info.max_v_samp_factor * DCTSIZE;
  while (info.output_scanline < info.output_height) {
    std::array<JSAMPARRAY, 3> rows{};
    for (std::size_t i = 0; i < planes.size(); ++i) {
      rows[i] = planes[i].next();
    }
    jpeg_read_raw_data(&info, rows.data(), static_cast<JDIMENSION>(lines));
    for (PlaneRows& plane : planes) {
      plane.advance();
    }
  }
}

/// The subsampling of the samples that libjpeg gives. At a fraction of the size its DCT may give
/// chroma as many columns and rows as luma. Precondition: jpeg_start_decompress has been called.
Subsampling given_subsampling(const jpeg_decompress_struct& info) noexcept {
  if (info.num_components == 1) {
    return Subsampling::kGrey;
  }
  const jpeg_component_info& luma = info.comp_info[0];
  const jpeg_component_info& chroma = info.comp_info[1];
  return *subsampling_of(columns_in_mcu(luma) / columns_in_mcu(chroma),
                         rows_in_mcu(luma) / rows_in_mcu(chroma));
}

}  // namespace

std::optional<Subsampling> stored_subsampling(const jpeg_decompress_struct& info) noexcept {
  if (info.jpeg_color_space == JCS_GRAYSCALE && info.num_components == 1) {
    return Subsampling::kGrey;
  }
  if (info.jpeg_color_space != JCS_YCbCr || info.num_components != 3) {
    return std::nullopt;
  }
  const jpeg_component_info& luma = info.comp_info[0];
  const jpeg_component_info& cb = info.comp_info[1];
  const jpeg_component_info& cr = info.comp_info[2];
  if (cb.h_samp_factor != cr.h_samp_factor || cb.v_samp_factor != cr.v_samp_factor ||
      luma.h_samp_factor % cb.h_samp_factor != 0 || luma.v_samp_factor % cb.v_samp_factor != 0) {
    return std::nullopt;
  }
  return subsampling_of(luma.h_samp_factor / cb.h_samp_factor,
                        luma.v_samp_factor / cb.v_samp_factor);
}

Planes read_planes(JpegSession& session, const std::shared_ptr<PixelMemory>& memory) {
  jpeg_decompress_struct& info = session.info;
  info.raw_data_out = TRUE;
  if (!run(session, [&] { jpeg_start_decompress(&info); })) {
    return {};
  }
  const auto width = static_cast<int>(info.output_width);
  const auto height = static_cast<int>(info.output_height);
  PlaneFormat format;
  format.subsampling = given_subsampling(info);
  Planes planes(width, height, format, memory);
  std::uint8_t* plane = planes.samples().data();
  const auto sizes = plane_sizes(format, width, height);
  std::vector<PlaneRows> rows;
  for (int i = 0; i < info.num_components; ++i) {
    const PlaneSize& size = sizes[static_cast<std::size_t>(i)];
    rows.emplace_back(info.comp_info[i], plane, size);
    plane += size.bytes();
  }
  if (!run(session, [&] { read_rows(session, rows); })) {
    return {};
  }
  return planes;
}

}  // namespace yolofleet::image
