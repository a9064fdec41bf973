#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace yolofleet::backend {

/// Tolerances for the `relative_difference` of raw heads of two back ends.
inline constexpr float kFloatHeadTolerance = 1e-3F;
/// FP16: weights and the values between layers have 11 bits.
inline constexpr float kHalfHeadTolerance = 2e-2F;
/// TF32: the factors of products have 11 bits too, but their sums and the values between layers 24.
inline constexpr float kTf32HeadTolerance = 1e-2F;

/// max |a - b| / max |b|. Infinity if the sizes differ, if a value isn't finite, or if b is all
/// zero.
inline float relative_difference(std::span<const float> a, std::span<const float> b) {
  float difference = 0;
  float most = 0;
  bool finite = a.size() == b.size();
  for (std::size_t i = 0; finite && i < b.size(); ++i) {
    finite = std::isfinite(a[i]) && std::isfinite(b[i]);
    difference = std::max(difference, std::abs(a[i] - b[i]));
    most = std::max(most, std::abs(b[i]));
  }
  return finite && most > 0 ? difference / most : std::numeric_limits<float>::infinity();
}

}  // namespace yolofleet::backend
