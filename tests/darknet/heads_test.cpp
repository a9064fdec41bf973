#include <fmt/format.h>
#include <gmock/gmock.h>

#include "darknet/support.hpp"

namespace yolofleet::darknet {
namespace {

using test::import;
using test::kNet;
using test::layer_of;
using test::refusal;
using test::refusal_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// kNet, a convolution of that many filters, and a head whose options start on line 8.
std::string head(int filters, const std::string& options, const std::string& kind = "yolo") {
  return std::string{kNet} + "[convolutional]\nfilters=" + std::to_string(filters) + "\n[" + kind +
         "]\n" + options;
}

std::string gaussian(int filters, const std::string& options) {
  return head(filters, options, "Gaussian_yolo");
}

std::string region(int filters, const std::string& options) {
  return head(filters, options, "region");
}

TEST(Yolo, HasDarknetsDefaults) {
  const auto op = layer_of<graph::Head>(head(25, "anchors=10,20\n"), 1);
  EXPECT_EQ(op.classes, 20);
  EXPECT_THAT(op.mask, ElementsAre(0));
  EXPECT_THAT(op.anchors, ElementsAre(graph::Anchor{10.0F, 20.0F}));
  EXPECT_EQ(op.scale_x_y, 1.0F);
  EXPECT_FALSE(op.new_coords);
  EXPECT_EQ(op.nms, graph::NmsRule{});
  EXPECT_EQ(op.nms.beta, 0.6F);
}

TEST(Yolo, ReadsItsOptions) {
  const auto op = layer_of<graph::Head>(
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
  const auto op = layer_of<graph::Head>(head(12, "anchors=1,2,3,4\nclasses=1\nnum=2\n"), 1);
  EXPECT_THAT(op.mask, ElementsAre(0, 1));
}

TEST(Yolo, LetsACommaBehindTheAnchorsPass) {
  const auto op = layer_of<graph::Head>(head(6, "anchors=1,2,\nclasses=1\n"), 1);
  EXPECT_EQ(op.anchors.size(), 1U);
}

TEST(Yolo, LeavesOutAnAnchorWithoutItsPair) {
  const std::string warning = ": 5 numbers: the last one, 5.5, has no pair and is left out";
  const auto yolo = import(head(12, "mask=0,1\nanchors=1,2, 3,4, 5.5\nclasses=1\nnum=3\n"));
  EXPECT_THAT(std::get<graph::Head>(yolo.network.value().layers()[1].operation).anchors,
              ElementsAre(graph::Anchor{1.0F, 2.0F}, graph::Anchor{3.0F, 4.0F}));
  EXPECT_THAT(yolo.warnings, ElementsAre("a.cfg:9: [yolo] anchors=1,2,3,4,5.5" + warning));
  const auto region_head = import(region(12, "anchors=1,2,3,4,5.5\nclasses=1\nnum=2\n"));
  EXPECT_EQ(refusal(region_head.network), "accepted");
  EXPECT_THAT(region_head.warnings, ElementsAre("a.cfg:8: [region] anchors=1,2,3,4,5.5" + warning));
}

TEST(Yolo, TakesDarknetsHeightForAnAnchorWithoutOne) {
  const auto result = import(head(6, "mask=1\nanchors=1,2, 3\nclasses=1\nnum=2\n"));
  EXPECT_THAT(std::get<graph::Head>(result.network.value().layers()[1].operation).anchors,
              ElementsAre(graph::Anchor{3.0F, 0.5F}));
  EXPECT_THAT(result.warnings,
              ElementsAre("a.cfg:9: [yolo] anchors=1,2,3: 3 numbers: the last one, 3, is the width "
                          "of an anchor without a height; 0.5 is taken, as in Darknet"));
}

TEST(Yolo, LeavesOutTextAfterANumber) {
  const auto result = import(head(
      6,
      "mask=0 (the small one)\nanchors=10, 20.5px\nclasses=1.0\nscale_x_y=1,05\nbeta_nms=.5f\n"));
  const auto& op = std::get<graph::Head>(result.network.value().layers()[1].operation);
  EXPECT_THAT(op.mask, ElementsAre(0));
  EXPECT_THAT(op.anchors, ElementsAre(graph::Anchor{10.0F, 20.5F}));
  EXPECT_EQ(op.scale_x_y, 1.0F);
  EXPECT_EQ(op.nms.beta, 0.5F);
  const auto left = [](const char* option, const char* taken, const char* rest) {
    return fmt::format("a.cfg:{}: {} is taken, as in Darknet; \"{}\" after it is left out", option,
                       taken, rest);
  };
  EXPECT_THAT(result.warnings,
              UnorderedElementsAre(left("8: [yolo] mask=0(thesmallone)", "0", "(thesmallone)"),
                                   left("9: [yolo] anchors=10,20.5px", "20.5", "px"),
                                   left("10: [yolo] classes=1.0", "1", ".0"),
                                   left("11: [yolo] scale_x_y=1,05", "1", ",05"),
                                   left("12: [yolo] beta_nms=.5f", ".5", "f")));
}

TEST(Yolo, RefusesAListThatDarknetReadsAsAnother) {
  // Darknet reads a 0 behind the last comma, which is a mask, but no anchor that is used.
  EXPECT_EQ(
      refusal_of(head(18, "mask = 0,1,\nanchors=1,2,3,4,5,6\nclasses=1\nnum=3\n")),
      "malformed: a.cfg:8: [yolo] mask=0,1,: \"\" must be a whole number from 0 to 1023; Darknet "
      "reads 0 there");
  EXPECT_EQ(refusal_of(head(6, "anchors=0x10,20\nclasses=1\n")),
            "malformed: a.cfg:8: [yolo] anchors=0x10,20: \"0x10\" must be a number from 0.001 to "
            "1000000");
}

TEST(Yolo, KnowsTheKindsOfNms) {
  const auto kind = [](const std::string& word) {
    return layer_of<graph::Head>(head(25, "anchors=1,2\nnms_kind=" + word + "\n"), 1).nms.kind;
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
  EXPECT_EQ(
      refused("anchors=1,2,3\nnum=3\n"),
      "malformed: a.cfg:8: [yolo] anchors=1,2,3: 2 pairs, but the head uses anchor 2 (counted "
      "from 0)");
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

TEST(GaussianYolo, HasDarknetsDefaults) {
  const auto op = layer_of<graph::Head>(gaussian(29, "anchors=10,20\n"), 1);
  EXPECT_EQ(op.kind, graph::HeadKind::kGaussianYolo);
  EXPECT_EQ(op.classes, 20);
  EXPECT_EQ(op.point, graph::YoloPoint::kCenter);
  EXPECT_EQ(op.scale_x_y, 1.0F);
  EXPECT_EQ(op.nms, graph::NmsRule{});
}

TEST(GaussianYolo, ReadsItsOptions) {
  const auto with = [](const std::string& options) {
    return layer_of<graph::Head>(
        gaussian(20, "mask=2,1\nnum=3\nanchors=1,2,3,4,5,6\nclasses=1\n" + options), 1);
  };
  EXPECT_THAT(with("").anchors, ElementsAre(graph::Anchor{5, 6}, graph::Anchor{3, 4}));
  EXPECT_EQ(with("scale_x_y=1.1\n").scale_x_y, 1.1F);
  EXPECT_EQ(with("yolo_point=left_top\n").point, graph::YoloPoint::kLeftTop);
  EXPECT_EQ(with("yolo_point=right_bottom\n").point, graph::YoloPoint::kRightBottom);
  EXPECT_EQ(with("nms_kind=diounms\n").nms.kind, graph::NmsKind::kDiou);
  EXPECT_EQ(with("nms_kind=cornersnms\n").nms.kind, graph::NmsKind::kDefault);
}

TEST(GaussianYolo, RefusesWhatItDoesntKnow) {
  EXPECT_EQ(
      refusal_of(gaussian(29, "anchors=1,2\nyolo_point=top\n")),
      "unsupported: a.cfg:9: [Gaussian_yolo] yolo_point=top: must be one of center, left_top, "
      "right_bottom");
  EXPECT_EQ(
      refusal_of(gaussian(29, "anchors=1,2\nnew_coords=1\n")),
      "unsupported: a.cfg:9: [Gaussian_yolo] new_coords=1: unknown key; the nearest known one "
      "is anchors");
  EXPECT_EQ(refusal_of(gaussian(25, "anchors=1,2\n")),
            "mismatch: a.cfg:7: [Gaussian_yolo]: 1 anchors and classes=20 need 1 x (20 + 9) = 29 "
            "channels, but the [convolutional] of line 5 has filters=25 (line 6)");
}

TEST(GaussianYolo, ItsKeyOfTrainingThatIsDeadElsewhereIsNoWarning) {
  EXPECT_THAT(import(gaussian(29, "anchors=1,2\nuc_normalizer=1.0\n")).warnings, IsEmpty());
}

TEST(Region, HasDarknetsDefaults) {
  const auto op = layer_of<graph::Head>(region(25, "anchors=1.5,2\n"), 1);
  EXPECT_EQ(op.kind, graph::HeadKind::kRegion);
  EXPECT_EQ(op.classes, 20);
  EXPECT_THAT(op.anchors, ElementsAre(graph::Anchor{1.5F, 2.0F}));
  EXPECT_FALSE(op.softmax);
  EXPECT_FALSE(op.class_tree);
  EXPECT_EQ(op.nms, graph::NmsRule{});
}

TEST(Region, UsesTheFirstAnchors) {
  const auto op =
      layer_of<graph::Head>(region(14, "anchors=1,2,3,4,5,6\nnum=2\nclasses=2\nsoftmax=1\n"), 1);
  EXPECT_THAT(op.anchors, ElementsAre(graph::Anchor{1, 2}, graph::Anchor{3, 4}));
  EXPECT_TRUE(op.softmax);
}

TEST(Region, ATreeIsAWarning) {
  const auto result = import(region(25, "anchors=1,2\ntree=data/9k.tree\nmap=9k.map\n"));
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings,
              ElementsAre("a.cfg:9: [region] tree=data/9k.tree: class trees aren't supported: the "
                          "model can be inspected, not run"));
}

TEST(Region, RefusesWhatWouldChangeItsBoxes) {
  EXPECT_EQ(refusal_of(region(25, "anchors=1,2\ncoords=5\n")),
            "unsupported: a.cfg:9: [region] coords=5: must be 4");
  EXPECT_EQ(refusal_of(region(25, "anchors=1,2\nclassfix=-1\n")),
            "unsupported: a.cfg:9: [region] classfix=-1: not supported; only 0 is allowed");
  EXPECT_EQ(
      refusal_of(region(25, "anchors=1,2\nnum=2\n")),
      "malformed: a.cfg:8: [region] anchors=1,2: 1 pairs, but the head uses anchor 1 (counted "
      "from 0)");
}

}  // namespace
}  // namespace yolofleet::darknet
