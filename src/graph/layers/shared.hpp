#pragma once

#include <cstdint>
#include <string>

#include "graph/activation.hpp"
#include "graph/blur.hpp"
#include "graph/shape.hpp"
#include "graph/shapes.hpp"
#include "yolofleet/error.hpp"

/// Helpers that the rules of several layers share.
namespace yolofleet::graph {

/// A shape before the limits are checked.
struct Extent {
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

Extent extent_of(const Shape& shape);

/// The facts of a layer with this output. Errors: kTooLarge (over a limit of graph/limits.hpp).
Result<LayerFacts> facts_within_limits(const Extent& output, std::int64_t parameters,
                                       std::int64_t flops_per_element);

/// A window that slides over an input.
struct Window {
  std::int64_t reach = 1;    ///< width and height
  std::int64_t padding = 0;  ///< added around the input; the sum of both sides
  int stride_x = 1;
  int stride_y = 1;
};

struct WindowCosts {
  std::int64_t parameters = 0;         ///< of the whole layer
  std::int64_t flops_per_element = 0;  ///< of the output
};

/// The facts of a layer that slides a window over `in`, and of the blur behind it, which takes over
/// the strides. Precondition: the window isn't larger than `in` with padding.
Result<LayerFacts> window_facts(const Extent& in, const Window& window, const Blur& blur,
                                const WindowCosts& costs);

/// "3x3/2" or "3x3/2x1".
std::string kernel_note(int size, int stride_x, int stride_y);
/// " blur 3x3"; empty without a blur.
std::string blur_note(const Blur& blur);
/// " mish"; empty for linear.
std::string activation_note(Activation activation);

}  // namespace yolofleet::graph
