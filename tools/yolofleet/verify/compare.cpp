#include "verify/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace yolofleet::command {
namespace {

// Relative to the picture: a box further away than this can't be the same object.
constexpr float kNear = 0.1F;

float box_difference(const Box& a, const Box& b, const PictureResult& picture) {
  const auto width = static_cast<float>(picture.width);
  const auto height = static_cast<float>(picture.height);
  return std::max({std::abs((a.x + a.width / 2) - (b.x + b.width / 2)) / width,
                   std::abs(a.width - b.width) / width,
                   std::abs((a.y + a.height / 2) - (b.y + b.height / 2)) / height,
                   std::abs(a.height - b.height) / height});
}

/// The difference of two detections as a multiple of what is allowed; infinite for NaN.
float distance(float confidence, float box, const AllowedDifference& allowed) {
  const float in_allowed = std::max(box / allowed.box, confidence / allowed.confidence);
  return std::isnan(confidence) ? std::numeric_limits<float>::infinity() : in_allowed;
}

struct Candidate {
  std::size_t reference = 0;
  std::size_t found = 0;
  float distance = 0;
};

/// All possible pairs, the nearest first.
std::vector<Candidate> candidates(const PictureResult& reference, const PictureResult& found,
                                  const AllowedDifference& allowed) {
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < reference.detections.size(); ++i) {
    const Detection& one = reference.detections[i];
    for (std::size_t j = 0; j < found.detections.size(); ++j) {
      const Detection& other = found.detections[j];
      const float box = box_difference(one.box, other.box, found);
      if (other.class_id == one.class_id && box < kNear) {
        all.push_back({i, j, distance(std::abs(one.confidence - other.confidence), box, allowed)});
      }
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
  return all;
}

bool is_beyond(const Pair& pair, const AllowedDifference& allowed) {
  // Written so that NaN is beyond.
  if (!pair.reference || !pair.found) {
    return !pair.faint;
  }
  return !(pair.confidence <= allowed.confidence && pair.box <= allowed.box);
}

}  // namespace

std::size_t AllowedDifference::beyond_of(std::size_t detections) const noexcept {
  if (beyond_part <= 0 || detections < kEnough) {
    return 0;
  }
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(beyond_part * static_cast<double>(detections)));
}

AllowedDifference allowed_difference(Precision precision) noexcept {
  switch (precision) {
    case Precision::kBf16:
      return {0.1F, 0.05F, 0.25F, 0.05};
    case Precision::kFp16:
    case Precision::kTf32:  // as many bits of mantissa
      return {0.03F, 0.01F, 2e-2F, 0.1};
    case Precision::kAuto:
    case Precision::kFp32:
      break;
  }
  return {0.005F, 0.002F, 1e-3F, 0};
}

std::vector<Pair> pair_detections(std::size_t picture, const PictureResult& reference,
                                  const PictureResult& found, float confidence,
                                  const AllowedDifference& allowed) {
  std::vector<Pair> pairs;
  std::vector<bool> paired(reference.detections.size(), false);
  std::vector<bool> taken(found.detections.size(), false);
  for (const Candidate& candidate : candidates(reference, found, allowed)) {
    if (paired[candidate.reference] || taken[candidate.found]) {
      continue;
    }
    paired[candidate.reference] = taken[candidate.found] = true;
    const Detection& one = reference.detections[candidate.reference];
    const Detection& other = found.detections[candidate.found];
    if (one.confidence > confidence || other.confidence > confidence) {
      pairs.push_back({picture, one, other, std::abs(one.confidence - other.confidence),
                       box_difference(one.box, other.box, found)});
    }
  }
  const auto add_lonely = [&](const Detection& one, bool of_reference) {
    if (one.confidence > confidence) {
      Pair& pair = pairs.emplace_back();
      pair.picture = picture;
      (of_reference ? pair.reference : pair.found) = one;
      pair.faint = one.confidence <= confidence + allowed.confidence;
    }
  };
  for (std::size_t i = 0; i < paired.size(); ++i) {
    if (!paired[i]) {
      add_lonely(reference.detections[i], true);
    }
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) {
      add_lonely(found.detections[i], false);
    }
  }
  return pairs;
}

DetectionSums sum_up(std::span<const Pair> pairs, const AllowedDifference& allowed) {
  DetectionSums sums;
  for (const Pair& pair : pairs) {
    sums.reference += pair.reference ? 1U : 0U;
    sums.beyond += is_beyond(pair, allowed) ? 1U : 0U;
    sums.faint += pair.faint ? 1U : 0U;
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

std::vector<Pair> worst_of(std::span<const Pair> pairs, const AllowedDifference& allowed) {
  std::vector<Pair> worst;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(worst),
               [&](const Pair& pair) { return is_beyond(pair, allowed); });
  const auto furthest = [&](const Pair& pair) {
    return pair.reference && pair.found ? distance(pair.confidence, pair.box, allowed)
                                        : std::numeric_limits<float>::max();
  };
  std::stable_sort(worst.begin(), worst.end(),
                   [&](const Pair& a, const Pair& b) { return furthest(a) > furthest(b); });
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

Verdict judge(const DetectionSums& sums, std::span<const float> heads,
              const AllowedDifference& allowed) {
  if (sums.compared() == 0 && heads.empty()) {
    return Verdict::kNotCompared;
  }
  const bool heads_within =
      std::all_of(heads.begin(), heads.end(), [&](float error) { return error <= allowed.heads; });
  return heads_within && sums.beyond <= allowed.beyond_of(sums.compared()) ? Verdict::kWithin
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
