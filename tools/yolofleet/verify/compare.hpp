#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "yolofleet/detector.hpp"
#include "yolofleet/raw_heads.hpp"

namespace yolofleet::command {

/// How far the results of a device may be from the reference's.
struct AllowedDifference {
  float confidence = 0;  ///< of a detection, absolute
  float box = 0;         ///< of its centre and size, relative to the picture's size
  float heads = 0;       ///< max|a - b| / max|b| of each head
  /// The part of the detections that may differ by more, at least one if there are kEnough of
  /// them: rounding may decide between two boxes of nearly the same confidence.
  double beyond_part = 0;

  static constexpr std::size_t kEnough = 5;
  /// The number of detections, of these, that may differ by more.
  std::size_t beyond_of(std::size_t detections) const noexcept;
};

/// The differences that verify allows in a precision. FP32's values are those of our tests against
/// Darknet; the others come from measurements: docs/cpu.md, docs/gpu.md. Precondition: not kAuto.
AllowedDifference allowed_difference(Precision precision) noexcept;

/// A detection of the reference and one of the device, or one of these without a partner.
struct Pair {
  std::size_t picture = 0;
  std::optional<Detection> reference;
  std::optional<Detection> found;
  float confidence = 0;  ///< the difference, where both are there
  float box = 0;         ///< likewise
  /// Without a partner, but over the threshold by no more than is allowed: the partner may be under
  /// it.
  bool faint = false;
};

/// Pairs detections of one picture. One over `confidence` on either side needs a partner of its
/// class on the other, whose centre and size are less than a tenth of the picture away; the
/// partner's confidence may be below. Those that are nearest in box and confidence together, both
/// measured as multiples of the allowed differences, are paired first: NMS may leave several boxes
/// of a class in one place. Precondition: both are of the same picture.
std::vector<Pair> pair_detections(std::size_t picture, const PictureResult& reference,
                                  const PictureResult& found, float confidence,
                                  const AllowedDifference& allowed);

/// Counts of a device's detections compared with the reference's.
struct DetectionSums {
  std::size_t reference = 0;  ///< of the reference that were compared
  std::size_t matched = 0;    ///< pairs
  std::size_t missing = 0;    ///< of the reference, without a partner
  std::size_t extra = 0;      ///< of the device, without a partner
  std::size_t faint = 0;      ///< missing and extra detections that are faint, so allowed
  std::size_t beyond =
      0;  ///< the other missing and extra, and pairs that differ by more than is allowed
  float confidence = 0;  ///< largest difference of a pair
  float box = 0;

  std::size_t compared() const noexcept { return matched + missing + extra - faint; }
};

DetectionSums sum_up(std::span<const Pair> pairs, const AllowedDifference& allowed);

/// The pairs that differ by more than is allowed, those without a partner first, then the largest
/// differences.
std::vector<Pair> worst_of(std::span<const Pair> pairs, const AllowedDifference& allowed);

/// max|a - b| / max|b|: infinity for values that aren't finite, heads of different sizes, and where
/// b is all zero but a isn't.
float head_error(const RawHead& a, const RawHead& b);

/// The result of a comparison.
enum class Verdict {
  kWithin,      ///< all differences are within what is allowed
  kBeyond,      ///< a difference is larger
  kNotCompared  ///< there was nothing to compare: no detection on either side, and no heads
};

/// `heads`: the error of each head, the worst of all pictures; empty: they weren't compared.
Verdict judge(const DetectionSums& sums, std::span<const float> heads,
              const AllowedDifference& allowed);

/// "within", "beyond", "not compared".
const char* to_string(Verdict verdict) noexcept;

}  // namespace yolofleet::command
