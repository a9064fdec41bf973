#include <array>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;

constexpr std::array kRouteKeys{Key{"layers"}, Key{"groups"}, Key{"group_id"},
                                Key{"stream", kIgnored}, Key{"wait_stream", kIgnored}};

constexpr std::array kShortcutKeys{Key{"from"}, Key{"activation"}, Key{"weights_type"},
                                   Key{"weights_normalization"}};

using graph::ShortcutWeights;
using graph::WeightsNormalization;

constexpr std::array kWeightsTypes{
    Word<ShortcutWeights>{"none", ShortcutWeights::kNone},
    Word<ShortcutWeights>{"per_feature", ShortcutWeights::kPerFeature},
    Word<ShortcutWeights>{"per_layer", ShortcutWeights::kPerFeature},
    Word<ShortcutWeights>{"per_channel", ShortcutWeights::kPerChannel},
};

constexpr std::array kNormalizations{
    Word<WeightsNormalization>{"none", WeightsNormalization::kNone},
    Word<WeightsNormalization>{"relu", WeightsNormalization::kRelu},
    Word<WeightsNormalization>{"avg_relu", WeightsNormalization::kRelu},
    Word<WeightsNormalization>{"softmax", WeightsNormalization::kSoftmax},
};

graph::Operation convert_route(OptionReader& reader) {
  graph::Route op;
  op.layers = reader.earlier_layers("layers");
  op.groups = reader.integer("groups", 1, {1, graph::limits::kMaxChannels});
  op.group_id = reader.integer("group_id", 0, {0, op.groups - 1});
  return op;
}

graph::Operation convert_shortcut(OptionReader& reader) {
  graph::Shortcut op;
  op.from = reader.earlier_layers("from");
  // Darknet has no formula for hard_mish behind a sum: it gives 0.
  op.activation = reader.activation(graph::Activation::kLinear, {graph::Activation::kHardMish});
  op.weights_type = reader.word("weights_type", ShortcutWeights::kNone, kWeightsTypes);
  op.normalization =
      reader.word("weights_normalization", WeightsNormalization::kNone, kNormalizations);
  if (op.weights_type == ShortcutWeights::kNone) {
    op.normalization = WeightsNormalization::kNone;
  } else if (op.normalization == WeightsNormalization::kNone) {
    // Darknet stops at this too.
    reader.refuse(ErrorCode::kUnsupported, "weights_normalization",
                  "with weights_type it must be relu or softmax");
  }
  return op;
}

constexpr std::array kJoinSections{
    SectionKind{"route", kRouteKeys, convert_route},
    SectionKind{"shortcut", kShortcutKeys, convert_shortcut},
};

}  // namespace

std::span<const SectionKind> join_sections() noexcept {
  return kJoinSections;
}

}  // namespace yolofleet::darknet
