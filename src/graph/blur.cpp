#include "graph/blur.hpp"

#include <array>

namespace yolofleet::graph {

std::span<const float> weights_of(const Blur& blur) noexcept {
  static constexpr std::array kBinomial{1 / 16.F, 2 / 16.F, 1 / 16.F, 2 / 16.F, 4 / 16.F,
                                        2 / 16.F, 1 / 16.F, 2 / 16.F, 1 / 16.F};
  static constexpr std::array kBox{1 / 4.F, 1 / 4.F, 1 / 4.F, 1 / 4.F};
  if (!blur) {
    return {};
  }
  if (blur.size == kBoxBlur.size) {
    return kBox;
  }
  return kBinomial;
}

}  // namespace yolofleet::graph
