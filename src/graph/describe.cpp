#include <fmt/format.h>
#include <fmt/ranges.h>

#include "graph/operations.hpp"

namespace yolofleet::graph {
namespace {

std::string kernel(int size, int stride_x, int stride_y) {
  return stride_x == stride_y ? fmt::format("{0}x{0}/{1}", size, stride_x)
                              : fmt::format("{0}x{0}/{1}x{2}", size, stride_x, stride_y);
}

std::string with(const Blur& blur) {
  return blur ? fmt::format(" blur {0}x{0}", blur.size) : "";
}

/// " mish", or nothing for linear.
std::string unless_linear(Activation activation) {
  return activation == Activation::kLinear ? "" : fmt::format(" {}", to_string(activation));
}

std::string_view word_of(ShortcutWeights weights) {
  return weights == ShortcutWeights::kPerFeature ? "per_feature" : "per_channel";
}

std::string_view word_of(WeightsNormalization normalization) {
  switch (normalization) {
    case WeightsNormalization::kNone:
      return "";
    case WeightsNormalization::kRelu:
      return " relu";
    case WeightsNormalization::kSoftmax:
      return " softmax";
  }
  return "";
}

struct Describe {
  std::string operator()(const Convolution& op) const {
    std::string text = fmt::format("{} {}", op.filters, kernel(op.size, op.stride_x, op.stride_y));
    if (op.dilation > 1) {
      text += fmt::format(" dilation {}", op.dilation);
    }
    if (op.groups > 1) {
      text += fmt::format(" groups {}", op.groups);
    }
    return fmt::format("{} {}{}", text, to_string(op.activation), with(op.blur));
  }
  std::string operator()(const Route& op) const {
    std::string text = fmt::format("layers {}", fmt::join(op.layers, ","));
    if (op.groups > 1) {
      text += fmt::format(" group {}/{}", op.group_id, op.groups);
    }
    return text;
  }
  std::string operator()(const Shortcut& op) const {
    std::string text =
        fmt::format("from {}{}", fmt::join(op.from, ","), unless_linear(op.activation));
    if (op.weights_type != ShortcutWeights::kNone) {
      text += fmt::format(" weights {}{}", word_of(op.weights_type), word_of(op.normalization));
    }
    return text;
  }
  std::string operator()(const MaxPool& op) const {
    return kernel(op.size, op.stride_x, op.stride_y) + with(op.blur);
  }
  std::string operator()(const AvgPool&) const { return ""; }
  std::string operator()(const Upsample& op) const {
    return op.scale == 1.0F ? fmt::format("{}x", op.stride)
                            : fmt::format("{}x scale {}", op.stride, op.scale);
  }
  std::string operator()(const Reorg& op) const { return fmt::format("/{}", op.stride); }
  std::string operator()(const ScaleChannels& op) const {
    return fmt::format("from {}{}{}", op.from, op.scale_wh ? " scale_wh" : "",
                       unless_linear(op.activation));
  }
  std::string operator()(const Sam& op) const {
    return fmt::format("from {}{}", op.from, unless_linear(op.activation));
  }
  std::string operator()(const Dropout&) const { return ""; }
  std::string operator()(const Head& op) const {
    return fmt::format("mask {}", fmt::join(op.mask, ","));
  }
};

}  // namespace

std::string describe(const Operation& operation) {
  return std::visit(Describe{}, operation);
}

}  // namespace yolofleet::graph
