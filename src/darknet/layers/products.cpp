#include <array>

#include "darknet/layers/layers.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;

constexpr std::array kScaleChannelsKeys{Key{"from"}, Key{"scale_wh"}, Key{"activation"}};

constexpr std::array kSamKeys{Key{"from"}, Key{"activation"}};

constexpr std::array kContrastiveKeys{
    Key{"classes", kIgnored},    Key{"temperature", kIgnored},
    Key{"yolo_layer", kIgnored}, Key{"cls_normalizer", kIgnored},
    Key{"max_delta", kIgnored},  Key{"contrastive_neg_max", kIgnored}};

constexpr std::array kDropoutKeys{Key{"probability", kIgnored}, Key{"dropblock", kIgnored},
                                  Key{"dropblock_size_rel", kIgnored},
                                  Key{"dropblock_size_abs", kIgnored}};

/// Darknet has no formula for these behind a product: it gives 0.
graph::Activation activation_of_product(OptionReader& reader) {
  using graph::Activation;
  return reader.activation(Activation::kLinear,
                           {Activation::kSwish, Activation::kMish, Activation::kHardMish});
}

graph::Operation convert_scale_channels(OptionReader& reader) {
  graph::ScaleChannels op;
  op.from = reader.earlier_layer("from");
  op.scale_wh = reader.flag("scale_wh");
  op.activation = activation_of_product(reader);
  return op;
}

graph::Operation convert_sam(OptionReader& reader) {
  graph::Sam op;
  op.from = reader.earlier_layer("from");
  op.activation = activation_of_product(reader);
  return op;
}

graph::Operation convert_dropout(OptionReader& /*nothing at inference*/) {
  return graph::Dropout{};
}

graph::Operation convert_contrastive(OptionReader& /*nothing at inference*/) {
  return graph::Contrastive{};
}

constexpr std::array kProductSections{
    SectionKind{"scale_channels", kScaleChannelsKeys, convert_scale_channels},
    SectionKind{"sam", kSamKeys, convert_sam},
    SectionKind{"dropout", kDropoutKeys, convert_dropout},
    SectionKind{"contrastive", kContrastiveKeys, convert_contrastive},
};

}  // namespace

std::span<const SectionKind> product_sections() noexcept {
  return kProductSections;
}

}  // namespace yolofleet::darknet
