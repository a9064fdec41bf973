#pragma once

#include <span>

namespace yolofleet::graph {

/// The blur that `antialiasing` adds after a layer's activation: a depthwise convolution of `size`
/// x `size` with the strides that the cfg gives the layer; the layer itself has strides of 1.
/// Darknet: make_convolutional_layer and make_maxpool_layer.
struct Blur {
  int size = 0;     ///< 2 or 3; 0: no blur
  int padding = 0;  ///< zeros on all four sides

  explicit operator bool() const noexcept { return size != 0; }
  friend bool operator==(const Blur&, const Blur&) = default;
};

inline constexpr Blur kBinomialBlur{3, 1};  ///< antialiasing=1
inline constexpr Blur kBoxBlur{2, 0};       ///< antialiasing=2

/// size x size weights: (1, 2, 1) by (1, 2, 1) over 16, or four quarters; empty without a blur.
std::span<const float> weights_of(const Blur& blur) noexcept;

}  // namespace yolofleet::graph
