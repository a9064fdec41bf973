#include "graph/fingerprint.hpp"

#include <gtest/gtest.h>

#include <set>

namespace yolofleet::graph {
namespace {

Network network_of(Operation operation, Shape input = {3, 32, 32}) {
  Layer layer;
  layer.operation = std::move(operation);
  return {"net", input, false, {layer}};
}

Convolution convolution() {
  Convolution op;
  op.weights.kernel = {1.0F, 2.0F, 3.0F};
  op.weights.bias = {4.0F};
  return op;
}

TEST(Fingerprint, IsTheSameForTheSameNetwork) {
  EXPECT_EQ(fingerprint(network_of(convolution())), fingerprint(network_of(convolution())));
  EXPECT_EQ(fingerprint(network_of(convolution())).size(), 32U);
}

TEST(Fingerprint, DoesntDependOnNamesAndLines) {
  Layer layer;
  layer.operation = convolution();
  layer.line = 77;
  EXPECT_EQ(fingerprint({"another", {3, 32, 32}, false, {layer}}),
            fingerprint(network_of(convolution())));
}

TEST(Fingerprint, ChangesWithEveryPartOfIt) {
  std::set<std::string> all{fingerprint(network_of(convolution()))};
  const auto with = [&](auto change) {
    Convolution op = convolution();
    change(op);
    all.insert(fingerprint(network_of(op)));
  };
  with([](Convolution& op) { op.stride_x = 2; });
  with([](Convolution& op) { op.stride_y = 2; });
  with([](Convolution& op) { op.blur = kBinomialBlur; });
  with([](Convolution& op) { op.blur = kBoxBlur; });
  with([](Convolution& op) { op.share_index = 0; });
  with([](Convolution& op) { op.share_index = 1; });
  with([](Convolution& op) { op.activation = Activation::kMish; });
  with([](Convolution& op) { op.weights.kernel[2] = 3.5F; });
  with([](Convolution& op) { op.weights.bias[0] = 0.0F; });
  with([](Convolution& op) {  // the same numbers, cut in another place
    op.weights.kernel = {1.0F, 2.0F};
    op.weights.bias = {3.0F, 4.0F};
  });
  all.insert(fingerprint(network_of(convolution(), {3, 32, 64})));
  all.insert(fingerprint(network_of(AvgPool{})));
  all.insert(fingerprint(network_of(Dropout{})));
  Head yolo;
  yolo.anchors = {{1.0F, 2.0F}};
  all.insert(fingerprint(network_of(yolo)));
  yolo.anchors = {{2.0F, 1.0F}};
  all.insert(fingerprint(network_of(yolo)));
  yolo.nms.kind = NmsKind::kGreedy;
  all.insert(fingerprint(network_of(yolo)));
  yolo.kind = HeadKind::kRegion;
  all.insert(fingerprint(network_of(yolo)));
  yolo.softmax = true;
  all.insert(fingerprint(network_of(yolo)));
  yolo.point = YoloPoint::kLeftTop;
  all.insert(fingerprint(network_of(yolo)));
  all.insert(fingerprint(network_of(Reorg{2, false})));
  all.insert(fingerprint(network_of(Reorg{2, true})));
  all.insert(fingerprint(network_of(DepthMaxPool{1})));
  all.insert(fingerprint(network_of(DepthMaxPool{2})));
  all.insert(fingerprint(network_of(LocalAvgPool{3, 2, 2, 2})));
  all.insert(fingerprint(network_of(LocalAvgPool{3, 2, 2, 0})));
  all.insert(fingerprint(network_of(MaxPool{3, 2, 2, 2})));
  EXPECT_EQ(all.size(), 27U);
}

}  // namespace
}  // namespace yolofleet::graph
