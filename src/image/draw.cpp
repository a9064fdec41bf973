#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "image/canvas.hpp"
#include "image/label.hpp"
#include "image/palette.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet {
namespace {

using image::Canvas;
using image::Label;
using image::Rect;

/// Up to this number, labels avoid each other; more labels fill the picture anyway.
constexpr std::size_t kMostApart = 2000;

/// The line width for a picture.
int line_width_for(int width, int height) {
  const double scale = std::sqrt(static_cast<double>(width) * height);
  return std::max(1, static_cast<int>(std::lround(scale * 0.004)));
}

/// The rectangle of the picture that a box and its line cover; nothing if the box is outside or
/// invalid.
std::optional<Rect> visible_part(const Box& box, int line, const Canvas& canvas) {
  const auto left = static_cast<double>(box.x);
  const auto top = static_cast<double>(box.y);
  const double right = left + static_cast<double>(box.width);
  const double bottom = top + static_cast<double>(box.height);
  // Written so that a NaN fails.
  const bool sound = box.width >= 0 && box.height >= 0 && right >= 0 && bottom >= 0 &&
                     left <= canvas.width() && top <= canvas.height();
  if (!sound) {
    return std::nullopt;
  }
  const auto whole = [](double value, int size) {
    return static_cast<int>(std::lround(std::clamp(value, 0.0, static_cast<double>(size))));
  };
  // The line's middle runs along the box's edge; at the picture's edges it is moved inwards.
  const int outside = line / 2;
  const Rect part{std::max(whole(left, canvas.width()) - outside, 0),
                  std::max(whole(top, canvas.height()) - outside, 0),
                  std::min(whole(right, canvas.width()) - outside + line, canvas.width()),
                  std::min(whole(bottom, canvas.height()) - outside + line, canvas.height())};
  return part.width() > 0 && part.height() > 0 ? std::optional(part) : std::nullopt;
}

struct Item {
  const Detection* detection;
  Rect frame;
};

/// The visible boxes, the most confident last.
std::vector<Item> visible_items(std::span<const Detection> detections, int line,
                                const Canvas& canvas) {
  std::vector<Item> items;
  for (const Detection& detection : detections) {
    if (const auto part = visible_part(detection.box, line, canvas)) {
      items.push_back({&detection, *part});
    }
  }
  const auto confidence = [](const Item& item) {
    return std::isnan(item.detection->confidence) ? -1.0F : item.detection->confidence;
  };
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return confidence(a) < confidence(b); });
  return items;
}

Label label_of(const Detection& detection, std::span<const std::string> names,
               const Canvas& canvas) {
  const bool named =
      detection.class_id >= 0 && static_cast<std::size_t>(detection.class_id) < names.size();
  const std::string name = named ? names[static_cast<std::size_t>(detection.class_id)]
                                 : std::to_string(detection.class_id);
  std::string ending;
  if (!std::isnan(detection.confidence)) {
    ending = fmt::format(" {:.0f}%", std::clamp(detection.confidence, 0.0F, 1.0F) * 100);
  }
  return {name, ending, image::cap_height_for(canvas.width(), canvas.height()), canvas.width()};
}

/// Where a label goes: above its box, else inside at the top, below, inside at the bottom; the
/// first of these that is in the picture and free of other labels.
std::optional<Rect> place_of(const Label& label, const Rect& frame, std::span<const Rect> taken,
                             const Canvas& canvas) {
  if (label.width() == 0 || label.height() > canvas.height()) {
    return std::nullopt;
  }
  const std::array tops{frame.top - label.height(), frame.top, frame.bottom,
                        frame.bottom - label.height()};
  const int most_left = canvas.width() - label.width();
  const std::array lefts{std::min(frame.left, most_left),
                         std::clamp(frame.right - label.width(), 0, most_left)};
  std::optional<Rect> first;
  for (const int left : lefts) {
    for (const int top : tops) {
      const Rect place{left, top, left + label.width(), top + label.height()};
      if (top < 0 || place.bottom > canvas.height()) {
        continue;
      }
      first = first ? first : place;
      if (taken.size() > kMostApart ||
          std::none_of(taken.begin(), taken.end(),
                       [&](const Rect& other) { return other.overlaps(place); })) {
        return place;
      }
    }
  }
  return first;
}

}  // namespace

void draw_detections(Image& image, std::span<const Detection> detections,
                     std::span<const std::string> names) {
  if (image.empty()) {
    return;
  }
  Canvas canvas(image);
  const int line = line_width_for(canvas.width(), canvas.height());
  const std::vector<Item> items = visible_items(detections, line, canvas);
  for (const Item& item : items) {
    canvas.frame(item.frame, line, image::class_colour(item.detection->class_id));
  }
  std::vector<Label> labels;
  labels.reserve(items.size());
  for (const Item& item : items) {
    labels.push_back(label_of(*item.detection, names, canvas));
  }
  // The most confident boxes choose the places of their labels first, and are drawn last, over the
  // others.
  std::vector<std::optional<Rect>> places(items.size());
  std::vector<Rect> taken;
  for (std::size_t i = items.size(); i-- > 0;) {
    places[i] = place_of(labels[i], items[i].frame, taken, canvas);
    if (places[i]) {
      taken.push_back(*places[i]);
    }
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (places[i]) {
      labels[i].draw(canvas, places[i]->left, places[i]->top,
                     image::class_colour(items[i].detection->class_id));
    }
  }
}

}  // namespace yolofleet
