#include <gmock/gmock.h>

#include "darknet/support.hpp"

namespace yolofleet::darknet {
namespace {

using test::import;
using test::kNet;
using test::layer_of;
using test::refusal;
using test::refusal_of;
using testing::ElementsAre;
using testing::IsEmpty;

/// kNet, a convolution of that many filters, and a head whose options start on line 8.
std::string head(int filters, const std::string& options) {
  return std::string{kNet} + "[convolutional]\nfilters=" + std::to_string(filters) + "\n[yolo]\n" +
         options;
}

TEST(Yolo, HasDarknetsDefaults) {
  const auto op = layer_of<graph::Yolo>(head(25, "anchors=10,20\n"), 1);
  EXPECT_EQ(op.classes, 20);
  EXPECT_THAT(op.mask, ElementsAre(0));
  EXPECT_THAT(op.anchors, ElementsAre(graph::Anchor{10.0F, 20.0F}));
  EXPECT_EQ(op.scale_x_y, 1.0F);
  EXPECT_FALSE(op.new_coords);
  EXPECT_EQ(op.nms, graph::NmsRule{});
  EXPECT_EQ(op.nms.beta, 0.6F);
}

TEST(Yolo, ReadsItsOptions) {
  const auto op = layer_of<graph::Yolo>(
      head(14,
           "mask = 2,1\nanchors = 1,2,  3,4,  5.5,6\nclasses=2\nnum=3\nscale_x_y = 1.05\n"
           "new_coords=1\nnms_kind=diounms\nbeta_nms=0.7\n"),
      1);
  EXPECT_EQ(op.classes, 2);
  EXPECT_THAT(op.mask, ElementsAre(2, 1));
  EXPECT_THAT(op.anchors, ElementsAre(graph::Anchor{5.5F, 6.0F}, graph::Anchor{3.0F, 4.0F}));
  EXPECT_EQ(op.scale_x_y, 1.05F);
  EXPECT_TRUE(op.new_coords);
  EXPECT_EQ(op.nms.kind, graph::NmsKind::kDiou);
  EXPECT_EQ(op.nms.beta, 0.7F);
}

TEST(Yolo, WithoutAMaskUsesAllAnchors) {
  const auto op = layer_of<graph::Yolo>(head(12, "anchors=1,2,3,4\nclasses=1\nnum=2\n"), 1);
  EXPECT_THAT(op.mask, ElementsAre(0, 1));
}

TEST(Yolo, LetsACommaBehindTheAnchorsPass) {
  const auto op = layer_of<graph::Yolo>(head(6, "anchors=1,2,\nclasses=1\n"), 1);
  EXPECT_EQ(op.anchors.size(), 1U);
}

TEST(Yolo, KnowsTheKindsOfNms) {
  const auto kind = [](const std::string& word) {
    return layer_of<graph::Yolo>(head(25, "anchors=1,2\nnms_kind=" + word + "\n"), 1).nms.kind;
  };
  EXPECT_EQ(kind("default"), graph::NmsKind::kDefault);
  EXPECT_EQ(kind("greedynms"), graph::NmsKind::kGreedy);
  EXPECT_EQ(kind("diounms"), graph::NmsKind::kDiou);
  EXPECT_EQ(refusal_of(head(25, "anchors=1,2\nnms_kind=cornersnms\n")),
            "unsupported: a.cfg:9: [yolo] nms_kind=cornersnms: must be one of default, greedynms, "
            "diounms");
}

TEST(Yolo, AMaskBeyondNumUsesTheAnchorsListedAndWarns) {
  const auto result = import(head(12, "mask=0,2\nanchors=1,2,3,4,5,6\nclasses=1\nnum=2\n"));
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(
      result.warnings,
      ElementsAre("a.cfg:8: [yolo] mask=0,2: uses anchor 2 (counted from 0), but num=2: the "
                  "anchors listed are used"));
  EXPECT_THAT(import(head(12, "mask=0,1\nanchors=1,2,3,4\nclasses=1\nnum=2\n")).warnings,
              IsEmpty());
}

TEST(Yolo, RefusesWhatMakesNoHead) {
  const auto refused = [](const std::string& options) { return refusal_of(head(25, options)); };
  EXPECT_EQ(refused(""),
            "malformed: a.cfg:7: [yolo]: anchors is missing: must be a comma-separated list of "
            "numbers");
  EXPECT_EQ(refused("anchors=1,2,3\n"),
            "malformed: a.cfg:8: [yolo] anchors=1,2,3: 3 numbers; must be pairs of width and "
            "height");
  EXPECT_EQ(refused("anchors=1,x\n"),
            "malformed: a.cfg:8: [yolo] anchors=1,x: \"x\" must be a number from 0.001 to 1000000");
  EXPECT_EQ(refused("anchors=1,0\n"),
            "malformed: a.cfg:8: [yolo] anchors=1,0: \"0\" must be a number from 0.001 to 1000000");
  EXPECT_EQ(refused("anchors=1,2\nnum=2\n"),
            "malformed: a.cfg:8: [yolo] anchors=1,2: 1 pairs, but the head uses anchor 1 (counted "
            "from 0)");
  EXPECT_EQ(refused("mask=\nanchors=1,2\n"),
            "malformed: a.cfg:8: [yolo] mask=: must be a comma-separated list of numbers");
  EXPECT_EQ(refused("mask=0,-1\nanchors=1,2\n"),
            "malformed: a.cfg:8: [yolo] mask=0,-1: \"-1\" must be a whole number from 0 to 1023");
  EXPECT_EQ(refused("classes=0\nanchors=1,2\n"),
            "malformed: a.cfg:8: [yolo] classes=0: must be a whole number from 1 to 65000");
  EXPECT_EQ(refused("num=0\nanchors=1,2\n"),
            "malformed: a.cfg:8: [yolo] num=0: must be a whole number from 1 to 1024");
  EXPECT_EQ(refused("anchors=1,2\nscale_x_y=0\n"),
            "malformed: a.cfg:9: [yolo] scale_x_y=0: must be a number from 0.001 to 100");
  EXPECT_EQ(refused("anchors=1,2\nbeta_nms=-1\n"),
            "malformed: a.cfg:9: [yolo] beta_nms=-1: must be a number from 0 to 100");
  EXPECT_EQ(refused("anchors=1,2\nnew_coords=no\n"),
            "malformed: a.cfg:9: [yolo] new_coords=no: must be a whole number from -1000000 to "
            "1000000");
}

}  // namespace
}  // namespace yolofleet::darknet
