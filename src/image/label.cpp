#include "image/label.hpp"

#include <algorithm>
#include <cmath>

#include "image/glyphs.hpp"
#include "image/palette.hpp"

namespace yolofleet::image {
namespace {

constexpr float kGap = 3.3F;  // between two glyphs' lines, in the glyphs' units

/// How much of each pixel of a rectangle a pen covers.
class Coverage {
 public:
  Coverage(int width, int height)
      : width_(width),
        height_(height),
        values_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

  /// Draws a line from a to b, round at its ends. The middle of pixel (0, 0) is (0, 0).
  void line(Point a, Point b, float radius) {
    const float reach = radius + 1;
    const int left = std::max(static_cast<int>(std::floor(std::min(a.x, b.x) - reach)), 0);
    const int right = std::min(static_cast<int>(std::ceil(std::max(a.x, b.x) + reach)), width_ - 1);
    const int top = std::max(static_cast<int>(std::floor(std::min(a.y, b.y) - reach)), 0);
    const int bottom =
        std::min(static_cast<int>(std::ceil(std::max(a.y, b.y) + reach)), height_ - 1);
    const float dx = b.x - a.x;
    const float dy = b.y - a.y;
    const float length2 = (dx * dx) + (dy * dy);
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        const float px = static_cast<float>(x) - a.x;
        const float py = static_cast<float>(y) - a.y;
        const float t =
            length2 > 0 ? std::clamp(((px * dx) + (py * dy)) / length2, 0.0F, 1.0F) : 0.0F;
        const float distance = std::hypot(px - (t * dx), py - (t * dy));
        float& value = at(x, y);
        value = std::max(value, std::clamp(radius + 0.5F - distance, 0.0F, 1.0F));
      }
    }
  }

  float& at(int x, int y) {
    return values_[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width_)) +
                   static_cast<std::size_t>(x)];
  }

  void paint(Canvas& canvas, int left, int top, const Colour& colour) {
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        if (const float value = at(x, y); value > 0) {
          canvas.blend(left + x, top + y, colour, value);
        }
      }
    }
  }

 private:
  int width_;
  int height_;
  std::vector<float> values_;
};

}  // namespace

int cap_height_for(int width, int height) {
  const double scale = std::sqrt(static_cast<double>(width) * height);
  const int smallest = std::min(width, height) < 160 ? 6 : 9;
  // A multiple of 3 puts the horizontal lines of all letters on whole pixels.
  return std::max(smallest, 3 * static_cast<int>(std::lround(scale * 0.018 / 3)));
}

Label::Label(std::string_view name, std::string_view ending, int cap_height, int max_width)
    : cap_height_(cap_height), margin_(std::max(2, cap_height * 5 / 12)) {
  const std::vector<char32_t> whole = code_points(name);
  const std::vector<char32_t> end = code_points(ending);
  const auto room = static_cast<float>(max_width - (2 * margin_));
  // Each code point is at least as wide as the gap, so this is the largest number that can fit.
  const auto most = static_cast<std::size_t>(std::max(room / (kGap * unit()), 0.0F)) + 1;
  std::size_t kept = std::min(whole.size(), most);
  for (;; --kept) {
    text_.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
    if (kept < whole.size()) {
      text_.insert(text_.end(), {U'.', U'.'});
    }
    text_.insert(text_.end(), end.begin(), end.end());
    const float needed = text_width(text_);
    if (needed <= room) {
      width_ = (2 * margin_) + static_cast<int>(std::ceil(needed));
      height_ = (2 * margin_) + cap_height_ + 1;
      return;
    }
    if (kept == 0) {
      return;
    }
  }
}

float Label::unit() const {
  return static_cast<float>(cap_height_) / kBaseline;
}

float Label::text_width(const std::vector<char32_t>& text) const {
  float width = 0;
  for (const char32_t code_point : text) {
    width += glyph_of(code_point).width + kGap;
  }
  return std::max(width - kGap, 0.0F) * unit();
}

void Label::draw(Canvas& canvas, int left, int top, const Colour& background) const {
  canvas.fill({left, top, left + width_, top + height_}, background);
  // Descenders go into the margin below the baseline.
  Coverage coverage(width_, height_);
  const float radius = std::max(1.15F, static_cast<float>(cap_height_) * 0.13F) / 2;
  auto x = static_cast<float>(margin_);
  const auto y = static_cast<float>(margin_);
  for (const char32_t code_point : text_) {
    const Glyph glyph = glyph_of(code_point);
    const auto place = [&](Point point) {
      return Point{x + (point.x * unit()), y + (point.y * unit())};
    };
    for (const std::vector<Point>& stroke : glyph.strokes) {
      if (stroke.size() == 1) {
        coverage.line(place(stroke[0]), place(stroke[0]), radius * 1.2F);
      }
      for (std::size_t i = 1; i < stroke.size(); ++i) {
        coverage.line(place(stroke[i - 1]), place(stroke[i]), radius);
      }
    }
    x += (glyph.width + kGap) * unit();
  }
  coverage.paint(canvas, left, top, text_colour(background));
}

}  // namespace yolofleet::image
