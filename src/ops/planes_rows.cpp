#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "image/ycbcr.hpp"
#include "ops/row_loops.hpp"
#include "ops/source_rows.hpp"

namespace yolofleet::ops {
namespace {

/// Pairs of neighbouring bytes at a row's taps. Two taps are nearly always neighbours, so one load
/// gets both.
class PairTaps {
 public:
  explicit PairTaps(const Taps& taps) : at_(taps.size()) {
    for (std::size_t i = 0; i < at_.size(); ++i) {
      at_[i] = std::min(taps.first[i], taps.second[i]);
      pairs_ += taps.first[i] != taps.second[i] ? 1U : 0U;
      swapped_ = swapped_ || taps.first[i] > taps.second[i];
    }
  }

  std::size_t size() const noexcept { return at_.size(); }
  /// Whether the second tap is the low byte of a pair.
  bool swapped() const noexcept { return swapped_; }

  /// From `kRows` rows at once, which share the positions.
  template <std::size_t kRows>
  void read(const std::array<const std::uint8_t*, kRows>& rows,
            const std::array<std::uint16_t*, kRows>& out) const noexcept {
    const int* const at = at_.data();
    const std::size_t pairs = pairs_;
    for (std::size_t i = 0; i < pairs; ++i) {
      for (std::size_t row = 0; row < kRows; ++row) {
        std::memcpy(out[row] + i, rows[row] + at[i], sizeof(std::uint16_t));
      }
    }
    // At the end of the source both taps are its last byte, and no byte may be read behind it.
    for (std::size_t i = pairs; i < at_.size(); ++i) {
      for (std::size_t row = 0; row < kRows; ++row) {
        out[row][i] = static_cast<std::uint16_t>(rows[row][at[i]] * 0x0101U);
      }
    }
  }

 private:
  std::vector<int> at_;
  std::size_t pairs_ = 0;  // the first ones
  bool swapped_ = false;
};

/// A row of chroma, interpolated to as many samples as luma has.
class ChromaRow {
 public:
  ChromaRow(const PlanesView& picture, std::size_t plane)
      : samples_(picture.planes[plane]),
        stride_(picture.strides[plane]),
        subsampling_(picture.format.subsampling),
        rows_(chroma_height(subsampling_, picture.height)),
        columns_(static_cast<std::size_t>(chroma_width(subsampling_, picture.width))),
        sums_(columns_ + 2),
        row_(2 * columns_) {}

  /// Valid until the next call.
  const std::uint8_t* read(int y) noexcept {
    const bool halved = subsampling_ == Subsampling::k440 || subsampling_ == Subsampling::k420;
    const image::ChromaTap tap = image::chroma_tap(y, halved, rows_);
    const ChromaRows rows{samples(tap.near), samples(tap.far)};
    const RowLoops& loops = row_loops();
    switch (subsampling_) {
      case Subsampling::k420:
        loops.chroma_420(rows, columns_, sums_.data(), row_.data());
        break;
      case Subsampling::k422:
        loops.chroma_422(rows, columns_, sums_.data(), row_.data());
        break;
      case Subsampling::k440:
        loops.chroma_440(rows, y % 2 == 0 ? 1 : 2, columns_, row_.data());
        break;
      default:
        return rows.near;
    }
    return row_.data();
  }

 private:
  const std::uint8_t* samples(int row) const noexcept {
    return samples_ + static_cast<std::size_t>(row) * stride_;
  }

  const std::uint8_t* samples_;
  std::size_t stride_;
  Subsampling subsampling_;
  int rows_;
  std::size_t columns_;
  std::vector<std::int16_t> sums_;
  std::vector<std::uint8_t> row_;
};

/// 8 bits, JFIF's colours, and chroma that is interpolated or complete.
class JfifRows final : public SourceRows {
 public:
  JfifRows(const PlanesView& picture, const Taps& columns, bool grey)
      : SourceRows(columns),
        picture_(picture),
        taps_(columns),
        grey_(grey),
        luma_(columns.size()),
        cb_pairs_(columns.size()),
        cr_pairs_(columns.size()) {
    if (!without_chroma()) {
      cb_.emplace_back(picture, 1);
      cr_.emplace_back(picture, 2);
    }
  }

  int channels() const noexcept override { return grey_ || without_chroma() ? 1 : 3; }

  void read(int row, const TapValues& values) override {
    gather(row);
    convert(0, taps_.swapped() ? values.second : values.first);
    convert(8, taps_.swapped() ? values.first : values.second);
  }

  void read_mixed(int row, float* out) override {
    if (channels() == 1) {
      SourceRows::read_mixed(row, out);
      return;
    }
    gather(row);
    row_loops().jfif_mix(pairs(), columns().fraction.data(), luma_.size(), out);
  }

 private:
  bool without_chroma() const noexcept { return picture_.format.subsampling == Subsampling::kGrey; }

  SamplePairs pairs() const noexcept {
    return {luma_.data(), cb_pairs_.data(), cr_pairs_.data(), taps_.swapped() ? 8 : 0};
  }

  void gather(int row) noexcept {
    const std::uint8_t* const luma =
        picture_.planes[0] + static_cast<std::size_t>(row) * picture_.strides[0];
    if (without_chroma()) {
      taps_.read<1>({luma}, {luma_.data()});
    } else {
      taps_.read<3>({luma, cb_.front().read(row), cr_.front().read(row)},
                    {luma_.data(), cb_pairs_.data(), cr_pairs_.data()});
    }
  }

  /// The low or high bytes of the pairs.
  void convert(int shift, float* out) const noexcept {
    const RowLoops& loops = row_loops();
    const std::size_t count = luma_.size();
    if (without_chroma()) {
      loops.luma(luma_.data(), shift, count, out);
    } else if (grey_) {
      loops.jfif_grey(pairs(), shift, count, out);
    } else {
      loops.jfif(pairs(), shift, count, out);
    }
  }

  const PlanesView picture_;
  const PairTaps taps_;
  const bool grey_;
  std::vector<std::uint16_t> luma_;
  std::vector<std::uint16_t> cb_pairs_;
  std::vector<std::uint16_t> cr_pairs_;
  std::vector<ChromaRow> cb_;  // one, or none
  std::vector<ChromaRow> cr_;
};

/// Any format, pixel by pixel.
class AnyRows final : public SourceRows {
 public:
  AnyRows(const PlanesView& picture, const Taps& columns, bool grey)
      : SourceRows(columns), reader_(picture), grey_(grey) {}

  int channels() const noexcept override { return grey_ ? 1 : 3; }

  void read(int row, const TapValues& values) override {
    for (std::size_t i = 0; i < columns().size(); ++i) {
      put(reader_.at(columns().first[i], row), values.first + i);
      put(reader_.at(columns().second[i], row), values.second + i);
    }
  }

 private:
  void put(const image::Rgb& rgb, float* out) const noexcept {
    if (grey_) {
      *out = unit(grey(rgb.red, rgb.green, rgb.blue));
      return;
    }
    out[0] = unit(rgb.red);
    out[columns().size()] = unit(rgb.green);
    out[2 * columns().size()] = unit(rgb.blue);
  }

  const image::PlanesReader reader_;
  const bool grey_;
};

bool is_jfif(const PlaneFormat& format) noexcept {
  PlaneFormat jfif;
  jfif.subsampling = format.subsampling;
  return format == jfif;
}

}  // namespace

std::unique_ptr<SourceRows> rows_of(const PlanesView& picture, const Taps& columns, int channels) {
  const Subsampling subsampling = picture.format.subsampling;
  const image::ChromaSampling sampling =
      image::sampling_of(subsampling, chroma_width(subsampling, picture.width));
  const bool halved = sampling.halved_columns || sampling.halved_rows;
  if (is_jfif(picture.format) && (sampling.interpolated || !halved)) {
    return std::make_unique<JfifRows>(picture, columns, channels == 1);
  }
  return std::make_unique<AnyRows>(picture, columns, channels == 1);
}

}  // namespace yolofleet::ops
