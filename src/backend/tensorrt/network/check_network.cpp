#include "backend/tensorrt/network/check_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "backend/tensorrt/plugins/detections_plugin.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// TensorRT's convolutions, and before version 10 all of TensorRT, count a tensor's elements in 31
/// bits.
constexpr std::int64_t kMostElements = std::numeric_limits<std::int32_t>::max();

/// Values per picture of a layer's output before its blur: `channels` channels from a window of
/// this reach at stride 1, with `padding` as the sum of both sides.
std::int64_t before_blur(const graph::Shape& in, int channels, int reach, int padding) {
  return std::int64_t{channels} * (in.height + padding - reach + 1) *
         (in.width + padding - reach + 1);
}

/// Values per picture within a layer: before its blur, or in the blocks of a DepthMaxPool, the last
/// of which is filled up. 0 for any other layer.
std::int64_t elements_within(const graph::Layer& layer) {
  const graph::Shape& in = layer.input;
  if (const auto* const op = std::get_if<graph::Convolution>(&layer.operation);
      op != nullptr && op->blur) {
    return before_blur(in, op->filters, (op->size - 1) * op->dilation + 1, 2 * op->padding);
  }
  if (const auto* const op = std::get_if<graph::MaxPool>(&layer.operation);
      op != nullptr && op->blur) {
    return before_blur(in, in.channels, op->size, op->padding);
  }
  if (const auto* const op = std::get_if<graph::DepthMaxPool>(&layer.operation); op != nullptr) {
    return std::int64_t{graph::blocks_of(*op, in.channels)} * op->out_channels * in.height *
           in.width;
  }
  return 0;
}

Result<void> check_volumes(const graph::Network& network, int max_batch) {
  for (const graph::Layer& layer : network.layers()) {
    const std::int64_t elements =
        std::max({layer.input.elements(), elements_within(layer), layer.output.elements()});
    if (elements > kMostElements / max_batch) {
      return base::fail(ErrorCode::kTooLarge,
                        "{}: {}: a tensor of {} values per picture exceeds TensorRT's limit of {} "
                        "values in batches of up to {}; batches of up to {} fit",
                        network.name(), layer_name(network, layer), elements, kMostElements,
                        max_batch, kMostElements / elements);
    }
  }
  return {};
}

}  // namespace

std::string layer_name(const graph::Network& network, const graph::Layer& layer) {
  return fmt::format("layer {} [{}], line {} of the cfg", &layer - network.layers().data(),
                     graph::kind_of(layer.operation), layer.line);
}

Result<void> check_network(const graph::Network& network, const EngineOptions& options) {
  if (auto checked = check_volumes(network, options.max_batch); !checked || options.raw_heads) {
    return checked;
  }
  const auto parameters = DetectionsPlugin::parameters_of(network, options.max_detections);
  return parameters ? Result<void>{} : tl::unexpected(parameters.error());
}

}  // namespace yolofleet::backend::tensorrt
