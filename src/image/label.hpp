#pragma once

#include <string_view>
#include <vector>

#include "image/canvas.hpp"

namespace yolofleet::image {

/// One line of text of a given size.
class Label {
 public:
  /// `name` and `ending` as one line, of which `name` is cut (and ".." put in its place) until the
  /// line is at most `max_width` pixels wide with its margins. `cap_height`: see `cap_height_for`.
  Label(std::string_view name, std::string_view ending, int cap_height, int max_width);

  /// Pixels, with margins. No width: not even the ending fits.
  int width() const { return width_; }
  int height() const { return height_; }

  /// Draws the text on a background that fills the label's rectangle, its top left at (left, top).
  void draw(Canvas& canvas, int left, int top, const Colour& background) const;

 private:
  float unit() const;
  float text_width(const std::vector<char32_t>& text) const;

  std::vector<char32_t> text_;
  int cap_height_;
  int margin_;
  int width_ = 0;
  int height_ = 0;
};

/// The height in pixels of capital letters that suits a picture.
int cap_height_for(int width, int height);

}  // namespace yolofleet::image
