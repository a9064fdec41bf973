#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "eval/matching.hpp"

namespace yolofleet::command {

/// The area under the curve of precision over recall, for the detections of one class. As Darknet's
/// validate_detector_map (src/detector.c): detections are ranked by falling confidence, those of
/// equal confidence in the order given; the first that finds an object is a true positive, every
/// other detection a false positive. `points`:
///   0    the whole area, with precision made monotonic (PASCAL VOC 2010 and later, ImageNet)
///   N    the mean over N recalls from 0 to 1 of the largest precision at that recall or more; 11
///        as in PASCAL VOC 2007, 101 as in MS COCO. At least 2.
/// 0 if there are no objects or no detections.
double area_under_curve(std::vector<Match> matches, std::uint64_t objects, int points);

/// The ratios of counts; each is empty where it would be 0 / 0.
struct Ratios {
  std::optional<double> precision;
  std::optional<double> recall;
  std::optional<double> f1;
  /// Darknet's average IoU: the true positives' sum over the number of true and false positives.
  std::optional<double> average_iou;
};
Ratios ratios(const Counts& counts);

/// All figures of a class.
struct ClassFigures {
  Counts counts;
  std::uint64_t detections = 0;  ///< that are ranked
  double ap = 0.0;
};

/// All figures of an evaluation.
struct MapFigures {
  std::vector<ClassFigures> classes;
  Counts all;
  std::uint64_t detections = 0;  ///< that are ranked
  /// The mean of all classes' AP. A class without objects counts as 0, as in Darknet.
  double map = 0.0;
};
MapFigures map_figures(const Matching& matching, int points);

}  // namespace yolofleet::command
