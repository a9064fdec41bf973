#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ops/resize.hpp"

namespace yolofleet::ops {
namespace {

constexpr float kFill = 0.5F;

/// The two source positions of a target position and their weights: (1 - fraction) * first +
/// fraction * second.
struct Tap {
  int first = 0;
  int second = 0;
  float fraction = 0.0F;
};

std::vector<Tap> make_taps(int source, int target) {
  const float scale =
      target > 1 ? static_cast<float>(source - 1) / static_cast<float>(target - 1) : 0.0F;
  std::vector<Tap> taps(static_cast<std::size_t>(target));
  for (int i = 0; i < target - 1; ++i) {
    const float position = static_cast<float>(i) * scale;
    const int first = std::min(static_cast<int>(position), source - 1);
    taps[static_cast<std::size_t>(i)] = {first, std::min(first + 1, source - 1),
                                         position - static_cast<float>(first)};
  }
  taps.back() = {source - 1, source - 1, 0.0F};
  return taps;
}

/// byte / 255 for every byte, divided as in Darknet.
const std::array<float, 256>& unit_values() {
  static const std::array<float, 256> values = [] {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      table[i] = static_cast<float>(static_cast<double>(i) / 255.0);
    }
    return table;
  }();
  return values;
}

std::uint8_t grey(std::uint8_t red, std::uint8_t green, std::uint8_t blue) noexcept {
  return static_cast<std::uint8_t>((77 * red + 150 * green + 29 * blue) >> 8);
}

/// The value of plane `plane` at a pixel. `kPlanes` is the number of output planes, `kFormat` the
/// picture's format.
template <PixelFormat kFormat, int kPlanes>
float value_at(const std::uint8_t* pixel, int plane, const std::array<float, 256>& unit) noexcept {
  if constexpr (kFormat == PixelFormat::kGrey) {
    return unit[pixel[0]];
  } else if constexpr (kPlanes == 1) {
    constexpr bool kRgb = kFormat == PixelFormat::kRgb;
    return unit[grey(pixel[kRgb ? 0 : 2], pixel[1], pixel[kRgb ? 2 : 0])];
  } else {
    return unit[pixel[kFormat == PixelFormat::kRgb ? plane : 2 - plane]];
  }
}

/// One source row, resized along x: `kPlanes` rows of taps.size() floats, one after the other.
template <PixelFormat kFormat, int kPlanes>
void resize_row(const std::uint8_t* row, const std::vector<Tap>& taps, float* out) noexcept {
  constexpr int kBytes = channels(kFormat);
  const std::array<float, 256>& unit = unit_values();
  const std::size_t width = taps.size();
  for (std::size_t x = 0; x < width; ++x) {
    const Tap tap = taps[x];
    const std::uint8_t* first = row + std::ptrdiff_t{tap.first} * kBytes;
    const std::uint8_t* second = row + std::ptrdiff_t{tap.second} * kBytes;
    for (int plane = 0; plane < kPlanes; ++plane) {
      out[static_cast<std::size_t>(plane) * width + x] =
          (1.0F - tap.fraction) * value_at<kFormat, kPlanes>(first, plane, unit) +
          tap.fraction * value_at<kFormat, kPlanes>(second, plane, unit);
    }
  }
}

using RowResizer = void (*)(const std::uint8_t*, const std::vector<Tap>&, float*) noexcept;

RowResizer row_resizer(PixelFormat format, int planes) noexcept {
  switch (format) {
    case PixelFormat::kRgb:
      return planes == 1 ? resize_row<PixelFormat::kRgb, 1> : resize_row<PixelFormat::kRgb, 3>;
    case PixelFormat::kBgr:
      return planes == 1 ? resize_row<PixelFormat::kBgr, 1> : resize_row<PixelFormat::kBgr, 3>;
    case PixelFormat::kGrey:
      break;
  }
  return planes == 1 ? resize_row<PixelFormat::kGrey, 1> : resize_row<PixelFormat::kGrey, 3>;
}

/// Keeps the last two source rows that were resized along x, because neighbouring target rows use
/// the same ones.
class RowCache {
 public:
  RowCache(const ImageView& picture, int width, int planes)
      : picture_(picture),
        resize_(row_resizer(picture.format, planes)),
        taps_(make_taps(picture.width, width)) {
    for (Entry& entry : entries_) {
      entry.values.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(planes));
    }
  }

  /// Returns source row `y`, resized along x; the values of row `keep` stay valid.
  const float* row(int y, int keep) {
    for (Entry& entry : entries_) {
      if (entry.y == y) {
        return entry.values.data();
      }
    }
    Entry& entry = entries_[0].y == keep ? entries_[1] : entries_[0];
    entry.y = y;
    resize_(picture_.data + static_cast<std::size_t>(y) * picture_.stride, taps_,
            entry.values.data());
    return entry.values.data();
  }

 private:
  struct Entry {
    int y = -1;
    std::vector<float> values;
  };
  ImageView picture_;
  RowResizer resize_;
  std::vector<Tap> taps_;
  std::array<Entry, 2> entries_;
};

void mix(const float* first, const float* second, float fraction, std::span<float> out) noexcept {
  const float rest = 1.0F - fraction;
  for (std::size_t x = 0; x < out.size(); ++x) {
    out[x] = rest * first[x] + fraction * second[x];
  }
}

void resize_into(const ImageView& picture, const Area& area, graph::Shape input,
                 std::span<float> output) {
  RowCache rows(picture, area.width, input.channels);
  const std::vector<Tap> taps = make_taps(picture.height, area.height);
  const auto area_width = static_cast<std::size_t>(area.width);
  const auto width = static_cast<std::size_t>(input.width);
  const std::size_t plane_size = width * static_cast<std::size_t>(input.height);
  for (std::size_t y = 0; y < taps.size(); ++y) {
    const float* first = rows.row(taps[y].first, taps[y].second);
    const float* second = rows.row(taps[y].second, taps[y].first);
    const std::size_t start =
        (static_cast<std::size_t>(area.y) + y) * width + static_cast<std::size_t>(area.x);
    for (std::size_t plane = 0; plane < static_cast<std::size_t>(input.channels); ++plane) {
      mix(first + plane * area_width, second + plane * area_width, taps[y].fraction,
          output.subspan(plane * plane_size + start, area_width));
    }
  }
}

}  // namespace

Area fitted_area(int width, int height, graph::Shape input, Fit fit) noexcept {
  if (fit == Fit::kStretch) {
    return {0, 0, input.width, input.height};
  }
  Area area{0, 0, input.width, input.height};
  const float across = static_cast<float>(input.width) / static_cast<float>(width);
  const float down = static_cast<float>(input.height) / static_cast<float>(height);
  if (across < down) {
    area.height = static_cast<int>(std::int64_t{height} * input.width / width);
  } else {
    area.width = static_cast<int>(std::int64_t{width} * input.height / height);
  }
  area.width = std::clamp(area.width, 1, input.width);
  area.height = std::clamp(area.height, 1, input.height);
  area.x = (input.width - area.width) / 2;
  area.y = (input.height - area.height) / 2;
  return area;
}

Placement resize(const ImageView& picture, graph::Shape input, Fit fit, std::span<float> output) {
  const Area area = fitted_area(picture.width, picture.height, input, fit);
  if (area.width != input.width || area.height != input.height) {
    std::fill(output.begin(), output.end(), kFill);
  }
  resize_into(picture, area, input, output);
  return {static_cast<float>(area.width) / static_cast<float>(picture.width),
          static_cast<float>(area.height) / static_cast<float>(picture.height),
          static_cast<float>(area.x), static_cast<float>(area.y)};
}

}  // namespace yolofleet::ops
