#include "eval/matching.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>

namespace yolofleet::command {
namespace {

/// The length that two intervals on a line share; negative if there is a gap between them.
float common_length(float centre_a, float length_a, float centre_b, float length_b) noexcept {
  const float begin = std::max(centre_a - length_a / 2, centre_b - length_b / 2);
  const float end = std::min(centre_a + length_a / 2, centre_b + length_b / 2);
  return end - begin;
}

LabelledBox relative_box(const Detection& found, const PictureResult& result) {
  const auto width = static_cast<float>(result.width);
  const auto height = static_cast<float>(result.height);
  return {found.class_id,
          0,
          (found.box.x + found.box.width / 2) / width,
          (found.box.y + found.box.height / 2) / height,
          found.box.width / width,
          found.box.height / height};
}

struct Nearest {
  std::uint32_t object = Match::kNone;  ///< its place among those of the picture
  float iou = 0.0F;
};

/// The object of the class that has the largest IoU over the threshold; of equal ones the first.
Nearest nearest(const LabelledBox& box, std::span<const LabelledBox> objects, float threshold) {
  Nearest best;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].class_id != box.class_id) {
      continue;
    }
    const float overlap = iou(box, objects[i]);
    if (overlap > threshold && overlap > best.iou) {
      best = {static_cast<std::uint32_t>(i), overlap};
    }
  }
  return best;
}

/// The detections that have one box: one for each class, by falling class.
using SameBox = std::vector<Detection>;

std::vector<SameBox> by_box(const std::vector<Detection>& detections) {
  std::vector<SameBox> boxes;
  std::map<std::array<std::uint32_t, 4>, std::size_t> places;
  for (const Detection& found : detections) {
    const auto place =
        places.emplace(std::bit_cast<std::array<std::uint32_t, 4>>(found.box), boxes.size());
    if (place.second) {
      boxes.emplace_back();
    }
    boxes[place.first->second].push_back(found);
  }
  for (SameBox& box : boxes) {
    std::stable_sort(box.begin(), box.end(), [](const Detection& a, const Detection& b) {
      return a.class_id > b.class_id;
    });
  }
  return boxes;
}

/// Compares the confidences of the last class, then those of the one before it ...
bool comes_first(const SameBox& a, const SameBox& b) {
  const auto [of_a, of_b] = std::mismatch(
      a.begin(), a.end(), b.begin(), b.end(), [](const Detection& left, const Detection& right) {
        return left.class_id == right.class_id && left.confidence == right.confidence;
      });
  if (of_a == a.end() || of_b == b.end()) {
    return of_a != a.end();
  }
  return of_a->class_id != of_b->class_id ? of_a->class_id > of_b->class_id
                                          : of_a->confidence > of_b->confidence;
}

std::vector<Detection> in_darknets_order(const std::vector<Detection>& detections) {
  std::vector<SameBox> boxes = by_box(detections);
  std::stable_sort(boxes.begin(), boxes.end(), comes_first);
  std::vector<Detection> sorted;
  for (const SameBox& box : boxes) {
    sorted.insert(sorted.end(), box.rbegin(), box.rend());
  }
  return sorted;
}

}  // namespace

float iou(const LabelledBox& a, const LabelledBox& b) noexcept {
  const float width = common_length(a.center_x, a.width, b.center_x, b.width);
  const float height = common_length(a.center_y, a.height, b.center_y, b.height);
  if (width < 0 || height < 0) {
    return 0;
  }
  const float intersection = width * height;
  const float union_area = a.width * a.height + b.width * b.height - intersection;
  return intersection == 0 || union_area == 0 ? 0 : intersection / union_area;
}

Matching::Matching(int classes, MatchOptions options)
    : options_(options), classes_(static_cast<std::size_t>(classes)) {}

void Matching::add(const PictureResult& result, std::span<const LabelledBox> objects,
                   std::span<const LabelledBox> difficult) {
  std::vector<bool> was_found(objects.size());
  for (const Detection& found : in_darknets_order(result.detections)) {
    const LabelledBox box = relative_box(found, result);
    ClassMatches& of_class = classes_[static_cast<std::size_t>(found.class_id)];
    const Nearest match = nearest(box, objects, options_.iou);
    const bool finds = match.object != Match::kNone;
    const bool first = finds && !was_found[match.object];
    if (finds) {
      was_found[match.object] = true;
      const auto object = static_cast<std::uint32_t>(objects_) + match.object;
      of_class.matches.push_back({found.confidence, object});
    } else if (nearest(box, difficult, options_.iou).object == Match::kNone) {
      of_class.matches.push_back({found.confidence, Match::kNone});
    }
    if (found.confidence > options_.confidence) {
      Counts& counts = of_class.counts;
      ++(first ? counts.true_positives : counts.false_positives);
      counts.iou += first ? double{match.iou} : 0.0;
    }
  }
  for (const LabelledBox& object : objects) {
    if (object.class_id >= 0 && static_cast<std::size_t>(object.class_id) < classes_.size()) {
      ++classes_[static_cast<std::size_t>(object.class_id)].counts.objects;
    }
  }
  objects_ += objects.size();
}

Counts Matching::all() const noexcept {
  Counts sum;
  for (const ClassMatches& each : classes_) {
    sum.true_positives += each.counts.true_positives;
    sum.false_positives += each.counts.false_positives;
    sum.iou += each.counts.iou;
  }
  sum.objects = objects_;
  return sum;
}

}  // namespace yolofleet::command
