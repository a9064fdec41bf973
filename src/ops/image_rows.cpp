#include <cstdint>
#include <cstring>
#include <vector>

#include "ops/row_loops.hpp"
#include "ops/source_rows.hpp"

namespace yolofleet::ops {
namespace {

/// Interleaved pixels: gathered first, because vector instructions then do the rest.
class ColourRows final : public SourceRows {
 public:
  ColourRows(const ImageView& picture, const Taps& columns, bool grey)
      : SourceRows(columns),
        picture_(picture),
        grey_(grey),
        first_(columns.size()),
        second_(columns.size()) {}

  int channels() const noexcept override { return grey_ ? 1 : 3; }

  void read(int row, const TapValues& values) override {
    const std::uint8_t* const pixels =
        picture_.data + static_cast<std::size_t>(row) * picture_.stride;
    gather(pixels);
    to_values(first_, values.first);
    to_values(second_, values.second);
  }

 private:
  using Pixels = std::vector<std::uint32_t>;

  static std::uint32_t pixel(const std::uint8_t* at) noexcept {
    return at[0] | static_cast<unsigned>(at[1]) << 8 | static_cast<unsigned>(at[2]) << 16;
  }

  /// The pixels at the taps, in the low bits of `first_` and `second_`.
  void gather(const std::uint8_t* row) noexcept {
    const int* const first = columns().first.data();
    const int* const second = columns().second.data();
    std::uint32_t* const out_first = first_.data();
    std::uint32_t* const out_second = second_.data();
    const std::size_t count = first_.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint8_t* const at = row + std::ptrdiff_t{3} * first[i];
      if (first[i] == 0 || first[i] == second[i]) {
        out_first[i] = pixel(at);
        out_second[i] = pixel(row + std::ptrdiff_t{3} * second[i]);
        continue;
      }
      // One load gets both pixels. It begins two bytes before them: none may be read behind the
      // picture's last one.
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at - 2, sizeof bytes);
      out_first[i] = static_cast<std::uint32_t>(bytes >> 16);
      out_second[i] = static_cast<std::uint32_t>(bytes >> 40);
    }
  }

  void to_values(const Pixels& pixels, float* out) const noexcept {
    const RowLoops& loops = row_loops();
    const std::size_t count = pixels.size();
    const int red = picture_.format == PixelFormat::kRgb ? 0 : 16;
    if (grey_) {
      loops.grey(pixels.data(), red, count, out);
      return;
    }
    loops.channel(pixels.data(), red, count, out);
    loops.channel(pixels.data(), 8, count, out + count);
    loops.channel(pixels.data(), 16 - red, count, out + 2 * count);
  }

  const ImageView picture_;
  const bool grey_;
  Pixels first_;
  Pixels second_;
};

class GreyRows final : public SourceRows {
 public:
  GreyRows(const ImageView& picture, const Taps& columns)
      : SourceRows(columns), picture_(picture) {}

  int channels() const noexcept override { return 1; }

  void read(int row, const TapValues& values) override {
    const std::uint8_t* const pixels =
        picture_.data + static_cast<std::size_t>(row) * picture_.stride;
    for (std::size_t i = 0; i < columns().size(); ++i) {
      values.first[i] = unit(pixels[columns().first[i]]);
      values.second[i] = unit(pixels[columns().second[i]]);
    }
  }

 private:
  const ImageView picture_;
};

}  // namespace

std::unique_ptr<SourceRows> rows_of(const ImageView& picture, const Taps& columns, int channels) {
  if (picture.format == PixelFormat::kGrey) {
    return std::make_unique<GreyRows>(picture, columns);
  }
  return std::make_unique<ColourRows>(picture, columns, channels == 1);
}

}  // namespace yolofleet::ops
