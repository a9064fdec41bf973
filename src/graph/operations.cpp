#include "graph/operations.hpp"


namespace yolofleet::graph {
namespace {

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

int numbers_per_anchor(const Head& head) noexcept {
  const int of_the_box = head.kind == HeadKind::kGaussianYolo ? 8 : 4;
  return of_the_box + 1 + head.classes;
}

std::string_view kind_of(const Operation& operation) {
  return std::visit(KindOf{}, operation);
}

}  // namespace yolofleet::graph
