#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ops/resize.hpp"
#include "ops/resize_taps.hpp"
#include "ops/row_loops.hpp"
#include "ops/source_rows.hpp"

namespace yolofleet::ops {
namespace {

constexpr float kFill = 0.5F;

/// Where a resized picture goes.
struct Target {
  std::span<float> values;
  graph::Shape input;
  Area area;

  float* row(std::size_t channel, int y) const noexcept {
    const auto width = static_cast<std::size_t>(input.width);
    const auto rows = channel * static_cast<std::size_t>(input.height) +
                      static_cast<std::size_t>(area.y) + static_cast<std::size_t>(y);
    return values.data() + rows * width + static_cast<std::size_t>(area.x);
  }
};

/// Keeps what was made of the last two source rows, because neighbouring target rows use the same
/// ones. `Read`: void(int row, float* values).
template <typename Read>
class RowCache {
 public:
  RowCache(std::size_t values, Read read) : read_(std::move(read)) {
    for (Entry& entry : entries_) {
      entry.values.resize(values);
    }
  }

  /// The values of source row `y`; those of row `keep` stay valid.
  const float* row(int y, int keep) {
    for (Entry& entry : entries_) {
      if (entry.y == y) {
        return entry.values.data();
      }
    }
    Entry& entry = entries_[0].y == keep ? entries_[1] : entries_[0];
    entry.y = y;
    read_(y, entry.values.data());
    return entry.values.data();
  }

 private:
  struct Entry {
    int y = -1;
    std::vector<float> values;
  };
  Read read_;
  std::array<Entry, 2> entries_;
};

/// Resizes a picture whose rows in memory are those that are shown.
void resize_rows(SourceRows& source, const Taps& rows, const Target& target) {
  const auto width = static_cast<std::size_t>(target.area.width);
  const auto channels = static_cast<std::size_t>(source.channels());
  const RowLoops& loops = row_loops();
  RowCache cache(channels * width, [&](int y, float* values) { source.read_mixed(y, values); });
  for (std::size_t y = 0; y < rows.size(); ++y) {
    const float* const upper = cache.row(rows.first[y], rows.second[y]);
    const float* const lower = cache.row(rows.second[y], rows.first[y]);
    const float fraction = rows.fraction[y];
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const std::size_t begin = channel * width;
      loops.mix_rows(upper + begin, lower + begin, fraction, width,
                     target.row(channel, static_cast<int>(y)));
    }
  }
}

/// Resizes a picture whose rows in memory are shown as columns. `down`: taps along its rows, which
/// are the shown rows; `across`: taps from row to row, the shown columns.
void resize_columns(SourceRows& source, const Taps& down, const Taps& across,
                    const Target& target) {
  // Columns are put into the target together, so that a line of the cache is written once.
  constexpr std::size_t kTogether = 16;
  const std::size_t height = down.size();
  const auto channels = static_cast<std::size_t>(source.channels());
  const std::size_t half = channels * height;
  RowCache cache(2 * half, [&](int y, float* values) { source.read(y, {values, values + half}); });
  std::vector<float> mixed(2 * half);
  std::vector<float> tile(kTogether * half);
  const RowLoops& loops = row_loops();
  for (std::size_t begin = 0; begin < across.size(); begin += kTogether) {
    const std::size_t count = std::min(kTogether, across.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t x = begin + i;
      const float* const left = cache.row(across.first[x], across.second[x]);
      const float* const right = cache.row(across.second[x], across.first[x]);
      const float fraction = across.fraction[x];
      // Across first and then down, as `resize_rows` does: floats depend on the order.
      loops.mix_rows(left, right, fraction, 2 * half, mixed.data());
      float* const column = tile.data() + i * half;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        const std::size_t offset = channel * height;
        loops.mix(mixed.data() + offset, mixed.data() + half + offset, down.fraction.data(), height,
                  column + offset);
      }
    }
    for (std::size_t at = 0; at < half; ++at) {
      float* const out = target.row(at / height, static_cast<int>(at % height)) + begin;
      for (std::size_t i = 0; i < count; ++i) {
        out[i] = tile[i * half + at];
      }
    }
  }
}

/// Fills what lies around the area, and gives the channels that weren't computed the first one's
/// values.
void complete(const Target& target, int computed) {
  const std::size_t plane =
      static_cast<std::size_t>(target.input.width) * static_cast<std::size_t>(target.input.height);
  for (auto channel = static_cast<std::size_t>(computed);
       channel < static_cast<std::size_t>(target.input.channels); ++channel) {
    std::copy_n(target.values.begin(), plane,
                target.values.begin() + static_cast<std::ptrdiff_t>(channel * plane));
  }
}

Target prepared(int width, int height, graph::Shape input, Fit fit, std::span<float> output) {
  const Target target{output, input, fitted_area(width, height, input, fit)};
  if (target.area.width != input.width || target.area.height != input.height) {
    std::fill(output.begin(), output.end(), kFill);
  }
  return target;
}

Placement placement_of(int width, int height, const Area& area) noexcept {
  return {static_cast<float>(area.width) / static_cast<float>(width),
          static_cast<float>(area.height) / static_cast<float>(height), static_cast<float>(area.x),
          static_cast<float>(area.y)};
}

}  // namespace

Taps make_taps(int source, int target) {
  const float scale =
      target > 1 ? static_cast<float>(source - 1) / static_cast<float>(target - 1) : 0.0F;
  Taps taps;
  taps.source = source;
  for (int i = 0; i < target - 1; ++i) {
    const float position = static_cast<float>(i) * scale;
    const int first = std::min(static_cast<int>(position), source - 1);
    taps.first.push_back(first);
    taps.second.push_back(std::min(first + 1, source - 1));
    taps.fraction.push_back(position - static_cast<float>(first));
  }
  taps.first.push_back(source - 1);
  taps.second.push_back(source - 1);
  taps.fraction.push_back(0.0F);
  return taps;
}

Taps reversed(Taps taps) {
  for (std::vector<int>* const positions : {&taps.first, &taps.second}) {
    for (int& position : *positions) {
      position = taps.source - 1 - position;
    }
  }
  return taps;
}

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
  const Target target = prepared(picture.width, picture.height, input, fit, output);
  const Taps columns = make_taps(picture.width, target.area.width);
  const Taps rows = make_taps(picture.height, target.area.height);
  const auto source = rows_of(picture, columns, input.channels);
  resize_rows(*source, rows, target);
  complete(target, source->channels());
  return placement_of(picture.width, picture.height, target.area);
}

Placement resize(const PlanesView& picture, graph::Shape input, Fit fit, std::span<float> output) {
  const int width = picture.shown_width();
  const int height = picture.shown_height();
  const Target target = prepared(width, height, input, fit, output);
  Taps columns = make_taps(width, target.area.width);
  Taps rows = make_taps(height, target.area.height);
  const int orientation = picture.orientation;
  // Orientations as the EXIF standard numbers them: these show the columns, or the rows, from their
  // ends.
  if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7) {
    columns = reversed(std::move(columns));
  }
  if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) {
    rows = reversed(std::move(rows));
  }
  const bool turned = orientation >= 5;
  const auto source = rows_of(picture, turned ? rows : columns, input.channels);
  if (turned) {
    resize_columns(*source, rows, columns, target);
  } else {
    resize_rows(*source, rows, target);
  }
  complete(target, source->channels());
  return placement_of(width, height, target.area);
}

}  // namespace yolofleet::ops
