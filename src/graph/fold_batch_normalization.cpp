#include "graph/fold_batch_normalization.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/fail.hpp"

namespace yolofleet::graph {
namespace {

/// Multiplies in place; false if a product isn't finite.
bool scale_all(std::span<float> values, double factor) {
  bool finite = true;
  for (float& value : values) {
    value = static_cast<float>(static_cast<double>(value) * factor);
    finite &= std::isfinite(value);
  }
  return finite;
}

/// Gives the first filter that leaves float's range, if there is one.
std::optional<std::size_t> fold(ConvolutionWeights& weights) {
  const std::size_t filters = weights.scale.size();
  const std::size_t per_filter = weights.kernel.size() / filters;
  for (std::size_t i = 0; i < filters; ++i) {
    const double factor =
        static_cast<double>(weights.scale[i]) /
        std::sqrt(static_cast<double>(weights.variance[i]) + kBatchNormalizationEpsilon);
    weights.bias[i] = static_cast<float>(static_cast<double>(weights.bias[i]) -
                                         static_cast<double>(weights.mean[i]) * factor);
    const bool finite =
        scale_all(std::span{weights.kernel}.subspan(i * per_filter, per_filter), factor);
    if (!finite || !std::isfinite(weights.bias[i])) {
      return i;
    }
  }
  weights.scale = std::vector<float>{};
  weights.mean = std::vector<float>{};
  weights.variance = std::vector<float>{};
  return std::nullopt;
}

}  // namespace

Result<void> fold_batch_normalization(Network& network) {
  int index = 0;
  for (Layer& layer : network.layers()) {
    auto* const convolution = std::get_if<Convolution>(&layer.operation);
    if (convolution != nullptr && !convolution->weights.scale.empty()) {
      if (const auto filter = fold(convolution->weights)) {
        return base::fail(ErrorCode::kMalformed,
                          "layer {} ([convolutional] of line {}): filter {} is beyond the range of "
                          "float once its batch normalisation is folded in",
                          index, layer.line, *filter);
      }
    }
    ++index;
  }
  return {};
}

}  // namespace yolofleet::graph
