#pragma once

#include <string_view>
#include <vector>

namespace yolofleet::image {

/// A place in a glyph, in units of a twelfth of the height of a capital letter: x to the right from
/// the glyph's left edge, y down from the top of the capitals; the baseline is at 12.
struct Point {
  float x = 0;
  float y = 0;
};

constexpr float kBaseline = 12;   ///< y of the baseline
constexpr float kDescender = 15;  ///< y of the lowest point of any glyph

/// Lines to be drawn with a round pen along each; one of a single point is a dot.
struct Glyph {
  std::vector<std::vector<Point>> strokes;
  float width = 0;  ///< of the lines' middles, without the pen's width
};

/// The glyph of a Unicode code point; a box for one that isn't printable ASCII.
Glyph glyph_of(char32_t code_point);

/// The code points of a UTF-8 text. U+FFFD stands for each byte that isn't part of valid UTF-8.
std::vector<char32_t> code_points(std::string_view text);

}  // namespace yolofleet::image
