#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/labels.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet::command {

/// The thresholds of the evaluation.
struct MatchOptions {
  float iou = 0.5F;          ///< a detection finds an object if their IoU is over this
  float confidence = 0.25F;  ///< true and false positives are counted over this
};

/// A detection, and the object that it finds.
struct Match {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  float confidence = 0.0F;
  std::uint32_t object = kNone;  ///< among all objects of all pictures, from 0; or kNone
};

/// The detections and objects of a class, or of all classes.
struct Counts {
  std::uint64_t objects = 0;
  std::uint64_t true_positives = 0;   ///< of confidence over MatchOptions::confidence
  std::uint64_t false_positives = 0;  ///< of the same confidence
  double iou = 0.0;                   ///< sum of the true positives' IoU
};

struct ClassMatches {
  std::vector<Match> matches;  ///< in the order of `add`
  Counts counts;
};

/// IoU as Darknet computes it (src/box.c, box_iou), in float.
float iou(const LabelledBox& a, const LabelledBox& b) noexcept;

/// Matches detections with objects as Darknet does (src/detector.c, validate_detector_map): each
/// detection finds the object of its class with which it has the largest IoU, if that is over the
/// threshold, even if another detection found it before. A detection that finds none, but is over a
/// difficult object of its class, isn't a match at all.
///
/// Over MatchOptions::confidence, a detection that finds an object before all others is a true
/// positive; every other detection is a false positive, even over a difficult object. The order is
/// Darknet's: that in which do_nms_sort (src/box.c) leaves the boxes, with a qsort that is stable.
/// It sorts all boxes of a picture for each class in turn, so the confidence of the last class
/// counts most: a weak detection whose box also has a later class comes before a sure one without.
/// Darknet sorts before it suppresses; here only the confidences that NMS left are known.
class Matching {
 public:
  Matching(int classes, MatchOptions options);

  /// Adds a picture. `objects` of classes that don't exist count only in `all().objects`: nothing
  /// can find them. Precondition: the result has no error, or no detections; at most 2^32 - 1
  /// objects altogether.
  void add(const PictureResult& result, std::span<const LabelledBox> objects,
           std::span<const LabelledBox> difficult);

  const std::vector<ClassMatches>& classes() const noexcept { return classes_; }
  /// All classes together.
  Counts all() const noexcept;

 private:
  MatchOptions options_;
  std::vector<ClassMatches> classes_;
  std::uint64_t objects_ = 0;
};

}  // namespace yolofleet::command
