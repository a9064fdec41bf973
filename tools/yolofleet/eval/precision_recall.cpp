#include "eval/precision_recall.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>

namespace yolofleet::command {
namespace {

/// A point of the curve, after each detection.
struct CurvePoint {
  double recall = 0.0;
  double precision = 0.0;
};

double ratio(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<double> ratio_if_any(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::nullopt : std::optional(ratio(part, whole));
}

/// By falling confidence. Precision is made monotonic: the largest at this recall or more.
std::vector<CurvePoint> monotonic_curve(std::vector<Match> matches, std::uint64_t objects) {
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.confidence > b.confidence; });
  std::vector<CurvePoint> curve;
  curve.reserve(matches.size());
  std::unordered_set<std::uint32_t> found;
  for (const Match& match : matches) {
    if (match.object != Match::kNone) {
      found.insert(match.object);
    }
    curve.push_back({ratio(found.size(), objects), ratio(found.size(), curve.size() + 1)});
  }
  for (std::size_t i = curve.size() - 1; i > 0; --i) {
    curve[i - 1].precision = std::max(curve[i - 1].precision, curve[i].precision);
  }
  return curve;
}

double whole_area(const std::vector<CurvePoint>& curve) {
  double area = 0.0;
  double recall = 0.0;
  for (const CurvePoint& point : curve) {
    area += (point.recall - recall) * point.precision;
    recall = point.recall;
  }
  return area;
}

}  // namespace

double area_under_curve(std::vector<Match> matches, std::uint64_t objects, int points) {
  if (matches.empty() || objects == 0) {
    return 0.0;
  }
  const std::vector<CurvePoint> curve = monotonic_curve(std::move(matches), objects);
  if (points == 0) {
    return whole_area(curve);
  }
  double sum = 0.0;
  auto at = curve.begin();
  for (int point = 0; point < points; ++point) {
    const double recall = point * 1.0 / (points - 1);
    at = std::find_if(at, curve.end(),
                      [recall](const CurvePoint& each) { return each.recall >= recall; });
    sum += at == curve.end() ? 0.0 : at->precision;
  }
  return sum / points;
}

Ratios ratios(const Counts& counts) {
  const std::uint64_t positives = counts.true_positives + counts.false_positives;
  Ratios result;
  result.precision = ratio_if_any(counts.true_positives, positives);
  result.recall = ratio_if_any(counts.true_positives, counts.objects);
  if (positives > 0) {
    result.average_iou = counts.iou / static_cast<double>(positives);
  }
  if (result.precision && result.recall && counts.true_positives > 0) {
    result.f1 = 2 * *result.precision * *result.recall / (*result.precision + *result.recall);
  }
  return result;
}

MapFigures map_figures(const Matching& matching, int points) {
  MapFigures figures;
  figures.all = matching.all();
  for (const ClassMatches& each : matching.classes()) {
    const double ap = area_under_curve(each.matches, each.counts.objects, points);
    figures.classes.push_back({each.counts, each.matches.size(), ap});
    figures.detections += each.matches.size();
    figures.map += ap / static_cast<double>(matching.classes().size());
  }
  return figures;
}

}  // namespace yolofleet::command
