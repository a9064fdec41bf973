#include "verify_compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace yolofleet::command {
namespace {

// As a part of the picture: a box that is further away is another one.
constexpr float kNear = 0.1F;

float box_difference(const Box& a, const Box& b, const PictureResult& picture) {
  const auto width = static_cast<float>(picture.width);
  const auto height = static_cast<float>(picture.height);
  return std::max({std::abs((a.x + a.width / 2) - (b.x + b.width / 2)) / width,
                   std::abs(a.width - b.width) / width,
                   std::abs((a.y + a.height / 2) - (b.y + b.height / 2)) / height,
                   std::abs(a.height - b.height) / height});
}

/// The place of the nearest of those that are left; the end if none is near.
std::size_t nearest(const Detection& one, const PictureResult& offered,
                    const std::vector<bool>& taken) {
  std::size_t place = offered.detections.size();
  float least = kNear;
  for (std::size_t i = 0; i < offered.detections.size(); ++i) {
    const Detection& other = offered.detections[i];
    if (taken[i] || other.class_id != one.class_id) {
      continue;
    }
    if (const float away = box_difference(one.box, other.box, offered); away < least) {
      least = away;
      place = i;
    }
  }
  return place;
}

bool is_beyond(const Pair& pair, const Tolerance& tolerance) {
  // Written so that what isn't a number is beyond.
  return !pair.reference || !pair.found ||
         !(pair.confidence <= tolerance.confidence && pair.box <= tolerance.box);
}

}  // namespace

std::size_t Tolerance::others_of(std::size_t detections) const noexcept {
  if (others <= 0 || detections < kEnough) {
    return 0;
  }
  return std::max<std::size_t>(1,
                               static_cast<std::size_t>(others * static_cast<double>(detections)));
}

Tolerance tolerance_of(Precision precision) noexcept {
  switch (precision) {
    case Precision::kBf16:
      return {0.1F, 0.05F, 0.25F, 0.05};
    case Precision::kFp16:
      return {0.03F, 0.01F, 2e-2F, 0.05};
    case Precision::kTf32:
      return {0.02F, 0.01F, 1e-2F, 0.05};
    case Precision::kAuto:
    case Precision::kFp32:
      break;
  }
  return {0.005F, 0.002F, 1e-3F, 0};
}

std::vector<Pair> pair_detections(std::size_t picture, const PictureResult& reference,
                                  const PictureResult& found, float confidence) {
  std::vector<Pair> pairs;
  std::vector<bool> taken(found.detections.size(), false);
  for (const Detection& one : reference.detections) {  // by falling confidence
    const std::size_t place = nearest(one, found, taken);
    const bool sure = one.confidence > confidence;
    if (place == found.detections.size()) {
      if (sure) {
        pairs.push_back({picture, one, std::nullopt});
      }
      continue;
    }
    taken[place] = true;
    const Detection& other = found.detections[place];
    if (sure || other.confidence > confidence) {
      pairs.push_back({picture, one, other, std::abs(one.confidence - other.confidence),
                       box_difference(one.box, other.box, found)});
    }
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i] && found.detections[i].confidence > confidence) {
      pairs.push_back({picture, std::nullopt, found.detections[i]});
    }
  }
  return pairs;
}

DetectionSums sum_up(std::span<const Pair> pairs, const Tolerance& tolerance) {
  DetectionSums sums;
  for (const Pair& pair : pairs) {
    sums.reference += pair.reference ? 1U : 0U;
    sums.beyond += is_beyond(pair, tolerance) ? 1U : 0U;
    if (!pair.found) {
      ++sums.missing;
    } else if (!pair.reference) {
      ++sums.extra;
    } else {
      ++sums.matched;
      sums.confidence = std::max(sums.confidence, pair.confidence);
      sums.box = std::max(sums.box, pair.box);
    }
  }
  return sums;
}

std::vector<Pair> worst_of(std::span<const Pair> pairs, const Tolerance& tolerance) {
  std::vector<Pair> worst;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(worst),
               [&](const Pair& pair) { return is_beyond(pair, tolerance); });
  const auto distance = [&](const Pair& pair) {
    return pair.reference && pair.found
               ? std::max(pair.confidence / tolerance.confidence, pair.box / tolerance.box)
               : std::numeric_limits<float>::max();
  };
  std::stable_sort(worst.begin(), worst.end(),
                   [&](const Pair& a, const Pair& b) { return distance(a) > distance(b); });
  return worst;
}

float head_error(const RawHead& a, const RawHead& b) {
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  if (a.values.size() != b.values.size()) {
    return kInfinite;
  }
  float difference = 0;
  float most = 0;
  for (std::size_t i = 0; i < b.values.size(); ++i) {
    if (!std::isfinite(a.values[i]) || !std::isfinite(b.values[i])) {
      return kInfinite;
    }
    difference = std::max(difference, std::abs(a.values[i] - b.values[i]));
    most = std::max(most, std::abs(b.values[i]));
  }
  if (most == 0) {
    return difference == 0 ? 0 : kInfinite;
  }
  return difference / most;
}

Verdict judge(const DetectionSums& sums, std::span<const float> heads, const Tolerance& tolerance) {
  if (sums.compared() == 0 && heads.empty()) {
    return Verdict::kNotCompared;
  }
  const bool heads_within = std::all_of(heads.begin(), heads.end(),
                                        [&](float error) { return error <= tolerance.heads; });
  return heads_within && sums.beyond <= tolerance.others_of(sums.compared()) ? Verdict::kWithin
                                                                             : Verdict::kBeyond;
}

const char* to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kWithin:
      return "within";
    case Verdict::kBeyond:
      return "beyond";
    case Verdict::kNotCompared:
      break;
  }
  return "not compared";
}

}  // namespace yolofleet::command
