#include "image/glyphs.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace yolofleet::image {
namespace {

// A stroke is a list of points, each written as two hexadecimal digits x and y; '/' begins the next
// stroke. A point marked '~' isn't on the line: it is the control point of a quadratic Bézier
// curve. Between two control points the line runs through their middle.
constexpr std::array<std::string_view, 95> kGlyphs{
    "",                                                                            // space
    "00 08 / 0c",                                                                  // !
    "00 03 / 30 33",                                                               // "
    "20 1c / 70 6c / 04 84 / 08 88",                                               // #
    "72 ~71 41 ~01 04 ~05 46 ~87 88 ~8b 4b ~1b 0a / 40 4d",                        // $
    "20 ~00 ~05 25 ~45 ~40 20 / 90 1c / 87 ~67 ~6c 8c ~ac ~a7 87",                 // %
    "8c 24 ~00 40 ~70 ~64 36 ~07 09 ~0c 3c ~6c 87",                                // &
    "00 03",                                                                       // '
    "30 ~03 07 ~0b 3e",                                                            // (
    "00 ~33 37 ~3b 0e",                                                            // )
    "30 36 / 01 65 / 05 61",                                                       // *
    "44 4c / 08 88",                                                               // +
    "1b 1c 0e",                                                                    // ,
    "08 48",                                                                       // -
    "0c",                                                                          // .
    "60 0d",                                                                       // /
    "40 30 ~00 ~0c 3c 4c ~7c ~70 40",                                              // 0
    "03 30 3c",                                                                    // 1
    "03 ~00 30 40 ~70 73 ~75 57 0c 7c",                                            // 2
    "02 ~10 30 ~60 ~66 36 / 26 36 ~76 ~7c 3c ~1c 0a",                              // 3
    "5c 50 09 79",                                                                 // 4
    "60 10 06 ~15 35 ~75 ~7c 3c ~1c 0a",                                           // 5
    "61 ~50 40 ~00 08 ~0c 3c 4c ~7c ~75 45 35 ~05 08",                             // 6
    "00 70 2c",                                                                    // 7
    "30 40 ~60 ~66 46 36 ~16 ~10 30 / 36 46 ~76 ~7c 4c 3c ~0c ~06 36",             // 8
    "1b ~2c 3c ~7c 74 ~70 40 30 ~00 ~07 37 47 ~77 74",                             // 9
    "05 / 0c",                                                                     // :
    "15 / 1b 1c 0e",                                                               // ;
    "73 07 7b",                                                                    // <
    "05 75 / 09 79",                                                               // =
    "03 77 0b",                                                                    // >
    "02 ~10 30 ~60 63 ~65 46 ~37 39 / 3c",                                         // ?
    "9c ~8d 6d ~0d 06 ~00 60 ~c0 c6 ~ca aa ~8a 88 84 / 64 ~44 ~4a 6a ~8a ~84 64",  // @
    "0c 40 8c / 19 79",                                                            // A
    "0c 00 40 ~70 ~76 46 06 / 46 ~86 ~8c 4c 0c",                                   // B
    "82 ~70 40 ~00 06 ~0c 4c ~7c 8a",                                              // C
    "00 0c 3c ~8c 86 ~80 30 00",                                                   // D
    "70 00 0c 7c / 06 66",                                                         // E
    "70 00 0c / 06 66",                                                            // F
    "82 ~70 40 ~00 06 ~0c 4c ~8c 88 87 57",                                        // G
    "00 0c / 80 8c / 06 86",                                                       // H
    "00 0c",                                                                       // I
    "60 68 ~6c 3c ~0c 09",                                                         // J
    "00 0c / 70 07 / 34 8c",                                                       // K
    "00 0c 6c",                                                                    // L
    "0c 00 58 a0 ac",                                                              // M
    "0c 00 8c 80",                                                                 // N
    "40 ~00 06 ~0c 4c ~8c 86 ~80 40",                                              // O
    "0c 00 40 ~80 ~87 47 07",                                                      // P
    "40 ~00 06 ~0c 4c ~8c 86 ~80 40 / 59 8d",                                      // Q
    "0c 00 40 ~80 ~87 47 07 / 47 8c",                                              // R
    "82 ~70 40 ~00 03 ~05 46 ~87 89 ~8c 4c ~1c 0a",                                // S
    "00 80 / 40 4c",                                                               // T
    "00 08 ~0c 4c ~8c 88 80",                                                      // U
    "00 4c 80",                                                                    // V
    "00 3c 62 9c c0",                                                              // W
    "00 8c / 80 0c",                                                               // X
    "00 46 80 / 46 4c",                                                            // Y
    "00 80 0c 8c",                                                                 // Z
    "30 00 0e 3e",                                                                 // [
    "00 6d",                                                                       // backslash
    "00 30 3e 0e",                                                                 // ]
    "04 30 64",                                                                    // ^
    "0e 7e",                                                                       // _
    "00 22",                                                                       // `
    "15 ~24 34 ~64 67 6c / 68 38 ~08 0a ~0c 2c ~5c 6a",                            // a
    "00 0c / 08 ~04 34 ~64 ~6c 3c ~0c 08",                                         // b
    "65 ~54 34 ~04 ~0c 3c ~5c 6b",                                                 // c
    "60 6c / 68 ~64 34 ~04 ~0c 3c ~6c 68",                                         // d
    "08 68 ~64 34 ~04 ~0c 3c ~5c 6b",                                              // e
    "50 40 ~20 23 2c / 04 54",                                                     // f
    "64 6c ~6f 3f ~1f 0e / 68 ~64 34 ~04 ~0c 3c ~6c 68",                           // g
    "00 0c / 08 ~04 34 ~64 67 6c",                                                 // h
    "04 0c / 00",                                                                  // i
    "24 2d ~2f 0f / 20",                                                           // j
    "00 0c / 64 0a / 37 6c",                                                       // k
    "00 09 ~0c 2c",                                                                // l
    "04 0c / 07 ~04 34 ~54 57 5c / 57 ~54 84 ~a4 a7 ac",                           // m
    "04 0c / 08 ~04 34 ~64 67 6c",                                                 // n
    "34 ~04 08 ~0c 3c ~6c 68 ~64 34",                                              // o
    "04 0f / 08 ~04 34 ~64 ~6c 3c ~0c 08",                                         // p
    "64 6f / 68 ~64 34 ~04 ~0c 3c ~6c 68",                                         // q
    "04 0c / 08 ~04 34 44",                                                        // r
    "65 ~54 34 ~04 06 ~07 38 ~69 6a ~6c 3c ~1c 0b",                                // s
    "21 29 ~2c 4c 5c / 04 54",                                                     // t
    "04 09 ~0c 3c ~6c 68 / 64 6c",                                                 // u
    "04 3c 64",                                                                    // v
    "04 2c 56 8c a4",                                                              // w
    "04 6c / 64 0c",                                                               // x
    "04 3c / 64 3c 2e ~1f 0f",                                                     // y
    "04 64 0c 6c",                                                                 // z
    "40 ~20 23 25 ~27 07 ~27 29 2b ~2e 4e",                                        // {
    "00 0e",                                                                       // |
    "00 ~20 23 25 ~27 47 ~27 29 2b ~2e 0e",                                        // }
    "08 ~15 47 ~79 86",                                                            // ~
};
constexpr std::string_view kReplacement = "00 70 7c 0c 00";
constexpr float kSpaceWidth = 3;

Point middle(Point a, Point b) {
  return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

float digit(char character) {
  return static_cast<float>(character <= '9' ? character - '0' : character - 'a' + 10);
}

/// Adds the curve from the line's end over `control` to `end`.
void add_curve(std::vector<Point>& line, Point control, Point end) {
  constexpr int kPieces = 12;
  const Point begin = line.back();
  for (int i = 1; i <= kPieces; ++i) {
    const float t = static_cast<float>(i) / kPieces;
    const Point a{begin.x + ((control.x - begin.x) * t), begin.y + ((control.y - begin.y) * t)};
    const Point b{control.x + ((end.x - control.x) * t), control.y + ((end.y - control.y) * t)};
    line.push_back({a.x + ((b.x - a.x) * t), a.y + ((b.y - a.y) * t)});
  }
}

/// Reads one stroke and takes it off the front of `data`.
std::vector<Point> take_stroke(std::string_view& data) {
  std::vector<Point> line;
  bool pulled = false;
  Point control;
  while (!data.empty() && data.front() != '/') {
    if (data.front() == ' ') {
      data.remove_prefix(1);
      continue;
    }
    const bool pulls = data.front() == '~';
    data.remove_prefix(pulls ? 1 : 0);
    const Point point{digit(data[0]), digit(data[1])};
    data.remove_prefix(2);
    if (pulled) {
      add_curve(line, control, pulls ? middle(control, point) : point);
    } else if (!pulls) {
      line.push_back(point);
    }
    control = point;
    pulled = pulls;
  }
  data.remove_prefix(data.empty() ? 0 : 1);
  return line;
}

/// The number of bytes of a UTF-8 sequence with this first byte; 0: no sequence begins with it.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first < 0xE0) {
    return 2;
  }
  if (first >= 0xE0 && first < 0xF0) {
    return 3;
  }
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

}  // namespace

Glyph glyph_of(char32_t code_point) {
  Glyph glyph;
  if (code_point == U' ') {
    glyph.width = kSpaceWidth;
    return glyph;
  }
  const bool printable = code_point > U' ' && code_point < U'\x7F';
  std::string_view data = printable ? kGlyphs[code_point - U' '] : kReplacement;
  while (!data.empty()) {
    glyph.strokes.push_back(take_stroke(data));
    for (const Point& point : glyph.strokes.back()) {
      glyph.width = std::max(glyph.width, point.x);
    }
  }
  return glyph;
}

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> result;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = sequence_length(first);
    bool valid = length > 0 && length <= text.size();
    char32_t value = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; valid && i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      valid = (next & 0xC0U) == 0x80U;
      value = (value << 6U) | (next & 0x3FU);
    }
    result.push_back(valid ? value : U'\uFFFD');
    text.remove_prefix(valid ? length : 1);
  }
  return result;
}

}  // namespace yolofleet::image
