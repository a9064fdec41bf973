#include <fmt/format.h>
#include <gmock/gmock.h>

#include "darknet/support.hpp"

/// Text after a number: Darknet's atoi and atof leave it out, and so does the importer, with a
/// warning. heads_test.cpp has those of heads.
namespace yolofleet::darknet {
namespace {

using test::cfg_with;
using test::import;
using test::kHead;
using test::refusal;
using test::refusal_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string left_out(std::string_view option, std::string_view taken, std::string_view rest) {
  return fmt::format("a.cfg:{}: {} is taken, as in Darknet; \"{}\" after it is left out", option,
                     taken, rest);
}

TEST(Numbers, MayHaveTextAfterThem) {
  const auto result =
      import(cfg_with("[convolutional]\nfilters=255  (80+5)x3\nsize=3x\nstride=2.7\nstride_x=+1e3\n"
                      "pad=1 yes\n[upsample]\nscale=2x\n"));
  const auto network = result.network.value();
  const auto& op = std::get<graph::Convolution>(network.layers()[0].operation);
  EXPECT_EQ(op.filters, 255);
  EXPECT_EQ(op.size, 3);
  EXPECT_EQ(op.stride_x, 1);
  EXPECT_EQ(op.stride_y, 2);
  EXPECT_EQ(op.padding, 1);
  EXPECT_EQ(std::get<graph::Upsample>(network.layers()[1].operation).scale, 2.0F);
  EXPECT_THAT(result.warnings,
              ::testing::UnorderedElementsAre(
                  left_out("6: [convolutional] filters=255(80+5)x3", "255", "(80+5)x3"),
                  left_out("7: [convolutional] size=3x", "3", "x"),
                  left_out("8: [convolutional] stride=2.7", "2", ".7"),
                  left_out("9: [convolutional] stride_x=+1e3", "+1", "e3"),
                  left_out("10: [convolutional] pad=1yes", "1", "yes"),
                  left_out("12: [upsample] scale=2x", "2", "x")));
}

TEST(Numbers, MayHaveTextRightAfterThem) {
  const auto result =
      import(cfg_with("[convolutional]\nfilters=255(80+5)x3\nsize=2.55e2\n[dropout]\n[route]\n"
                      "layers = -1 -2\n"));
  const auto& layers = result.network.value().layers();
  EXPECT_EQ(std::get<graph::Convolution>(layers[0].operation).filters, 255);
  EXPECT_EQ(std::get<graph::Convolution>(layers[0].operation).size, 2);
  EXPECT_THAT(std::get<graph::Route>(layers[2].operation).layers, ElementsAre(1));
  EXPECT_THAT(result.warnings,
              ElementsAre(left_out("6: [convolutional] filters=255(80+5)x3", "255", "(80+5)x3"),
                          left_out("7: [convolutional] size=2.55e2", "2", ".55e2"),
                          left_out("10: [route] layers=-1-2", "-1", "-2")));
}

TEST(Numbers, OfTheNetMayHaveTextAfterThem) {
  const auto result =
      import("[net]\nwidth=416.0\nheight = 64 pixels\nchannels=3\x1A\n" + std::string{kHead});
  EXPECT_EQ(result.network.value().input(), (graph::Shape{3, 64, 416}));
  EXPECT_THAT(result.warnings, ElementsAre(left_out("2: [net] width=416.0", "416", ".0"),
                                           left_out("3: [net] height=64pixels", "64", "pixels"),
                                           left_out("4: [net] channels=3?", "3", "?")));
}

TEST(Numbers, OfLayersMayHaveTextAfterThem) {
  const auto result = import(cfg_with("[dropout]\n[dropout]\n[route]\nlayers = -1 (last), 0.\n"));
  EXPECT_THAT(std::get<graph::Route>(result.network.value().layers()[2].operation).layers,
              ElementsAre(1, 0));
  EXPECT_THAT(result.warnings,
              ElementsAre(left_out("8: [route] layers=-1(last),0.", "-1", "(last)"),
                          left_out("8: [route] layers=-1(last),0.", "0", ".")));
}

TEST(Numbers, ThatMustBeZeroMayHaveTextAfterThem) {
  const auto result = import(cfg_with("[convolutional]\nxnor=0 off\n"));
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings, ElementsAre(left_out("6: [convolutional] xnor=0off", "0", "off")));
}

TEST(Numbers, OfIgnoredKeysMayBeAnything) {
  const auto result = import(cfg_with("[dropout]\nprobability=.5x\n"));
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(Numbers, TwoOptionsInALineAreRefused) {
  EXPECT_EQ(refusal_of(cfg_with("[upsample]\nscale=2 stride=2\n")),
            "malformed: a.cfg:6: [upsample] scale=2stride=2: must be a number from -1000000 to "
            "1000000");
}

}  // namespace
}  // namespace yolofleet::darknet
