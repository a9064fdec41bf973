#include "graph/operations.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::graph {
namespace {

constexpr std::array kActivationWords{
    std::pair{Activation::kLinear, std::string_view{"linear"}},
    std::pair{Activation::kLogistic, std::string_view{"logistic"}},
    std::pair{Activation::kLoggy, std::string_view{"loggy"}},
    std::pair{Activation::kRelu, std::string_view{"relu"}},
    std::pair{Activation::kRelu6, std::string_view{"relu6"}},
    std::pair{Activation::kElu, std::string_view{"elu"}},
    std::pair{Activation::kSelu, std::string_view{"selu"}},
    std::pair{Activation::kGelu, std::string_view{"gelu"}},
    std::pair{Activation::kRelie, std::string_view{"relie"}},
    std::pair{Activation::kRamp, std::string_view{"ramp"}},
    std::pair{Activation::kLeaky, std::string_view{"leaky"}},
    std::pair{Activation::kTanh, std::string_view{"tanh"}},
    std::pair{Activation::kPlse, std::string_view{"plse"}},
    std::pair{Activation::kStair, std::string_view{"stair"}},
    std::pair{Activation::kHardtan, std::string_view{"hardtan"}},
    std::pair{Activation::kLhtan, std::string_view{"lhtan"}},
    std::pair{Activation::kSwish, std::string_view{"swish"}},
    std::pair{Activation::kMish, std::string_view{"mish"}},
    std::pair{Activation::kHardMish, std::string_view{"hard_mish"}},
    // Differs from leaky in training only. Last, so that to_string finds "leaky" first.
    std::pair{Activation::kLeaky, std::string_view{"revleaky"}},
};

struct KindOf {
  std::string_view operator()(const Convolution&) const noexcept { return "convolutional"; }
  std::string_view operator()(const Route&) const noexcept { return "route"; }
  std::string_view operator()(const Shortcut&) const noexcept { return "shortcut"; }
  std::string_view operator()(const MaxPool&) const noexcept { return "maxpool"; }
  std::string_view operator()(const AvgPool&) const noexcept { return "avgpool"; }
  std::string_view operator()(const Upsample&) const noexcept { return "upsample"; }
  std::string_view operator()(const Reorg& op) const noexcept {
    return op.old ? "reorg" : "reorg3d";
  }
  std::string_view operator()(const ScaleChannels&) const noexcept { return "scale_channels"; }
  std::string_view operator()(const Sam&) const noexcept { return "sam"; }
  std::string_view operator()(const Dropout&) const noexcept { return "dropout"; }
  std::string_view operator()(const Head& op) const noexcept {
    switch (op.kind) {
      case HeadKind::kYolo:
        break;
      case HeadKind::kGaussianYolo:
        return "Gaussian_yolo";
      case HeadKind::kRegion:
        return "region";
    }
    return "yolo";
  }
};

}  // namespace

std::string_view to_string(Activation activation) noexcept {
  const auto* const found =
      std::find_if(kActivationWords.begin(), kActivationWords.end(),
                   [&](const auto& entry) { return entry.first == activation; });
  return found == kActivationWords.end() ? std::string_view{} : found->second;
}

std::optional<Activation> activation_from(std::string_view word) noexcept {
  const auto* const found = std::find_if(kActivationWords.begin(), kActivationWords.end(),
                                         [&](const auto& entry) { return entry.second == word; });
  if (found == kActivationWords.end()) {
    return std::nullopt;
  }
  return found->first;
}

int numbers_per_anchor(const Head& head) noexcept {
  const int of_the_box = head.kind == HeadKind::kGaussianYolo ? 8 : 4;
  return of_the_box + 1 + head.classes;
}

std::string_view kind_of(const Operation& operation) {
  return std::visit(KindOf{}, operation);
}

}  // namespace yolofleet::graph
