#include <fmt/format.h>
#include <gmock/gmock.h>

#include "darknet/support.hpp"

/// Tests of properties that show only when the layers are put together.
namespace yolofleet::darknet {
namespace {

using test::cfg_with;
using test::import;
using test::kHead;
using test::kNet;
using test::refusal;
using test::refusal_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string net(const std::string& options) {
  return "[net]\n" + options + std::string{kHead};
}

TEST(Net, ReadsSizeChannelsAndLetterbox) {
  const auto network =
      import(net("width=64\nheight=32\nchannels=1\nletter_box=1\n")).network.value();
  EXPECT_EQ(network.input(), (graph::Shape{1, 32, 64}));
  EXPECT_TRUE(network.letterbox());
  EXPECT_EQ(network.name(), "a");
  EXPECT_FALSE(import(cfg_with("")).network.value().letterbox());
}

TEST(Net, RefusesSizesThatAreMissingOrWrong) {
  EXPECT_EQ(refusal_of(net("height=32\nchannels=3\n")),
            "malformed: a.cfg:1: [net]: width is missing: must be a whole number from 1 to 16384");
  EXPECT_EQ(refusal_of(net("width=32\nchannels=3\n")),
            "malformed: a.cfg:1: [net]: height is missing: must be a whole number from 1 to 16384");
  EXPECT_EQ(refusal_of(net("width=32\nheight=32\n")),
            "malformed: a.cfg:1: [net]: channels is missing: must be a whole number from 1 to 3");
  EXPECT_EQ(refusal_of(net("width=0\nheight=32\nchannels=3\n")),
            "malformed: a.cfg:2: [net] width=0: must be a whole number from 1 to 16384");
  EXPECT_EQ(refusal_of(net("width=32\nheight=16385\nchannels=3\n")),
            "malformed: a.cfg:3: [net] height=16385: must be a whole number from 1 to 16384");
  EXPECT_EQ(refusal_of(net("width=32\nheight=32\nchannels=4\n")),
            "malformed: a.cfg:4: [net] channels=4: must be a whole number from 1 to 3");
  EXPECT_EQ(refusal_of(net("width=32\nheight=32\nchannels=2\n")),
            "unsupported: a.cfg:4: [net] channels=2: must be 1 (grey) or 3 (RGB)");
}

TEST(Layers, KnowLineShapesAndCosts) {
  const auto network =
      import(cfg_with("[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nbatch_normalize=1\n"))
          .network.value();
  ASSERT_EQ(network.layers().size(), 3U);
  const graph::Layer& first = network.layers()[0];
  EXPECT_EQ(first.line, 5);
  EXPECT_EQ(first.input, (graph::Shape{3, 64, 64}));
  EXPECT_EQ(first.output, (graph::Shape{8, 32, 32}));
  EXPECT_EQ(first.parameters, 8 * (27 + 4));
  EXPECT_EQ(first.flops, 2 * 27 * 8 * 32 * 32);
  EXPECT_EQ(network.layers()[1].line, 11);
  EXPECT_EQ(network.layers()[1].input, first.output);
  EXPECT_EQ(network.parameters(), 8 * (27 + 4) + 6 * (8 + 1));
  EXPECT_THAT(network.heads(), ElementsAre(2U));
}

TEST(Layers, ARouteShowsTheFirstThatItNamesAsItsInput) {
  const auto network = import(cfg_with("[convolutional]\nfilters=4\n[convolutional]\nfilters=5\n"
                                       "[route]\nlayers=0,1\n"))
                           .network.value();
  EXPECT_EQ(network.layers()[2].input, (graph::Shape{4, 64, 64}));
  EXPECT_EQ(network.layers()[2].output, (graph::Shape{9, 64, 64}));
}

TEST(Layers, ShapesThatDontGoTogetherAreNamedWithTheLine) {
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\n[maxpool]\nstride=2\n[route]\nlayers=0,1\n")),
            "mismatch: a.cfg:8: [route]: layers 0 and 1 can't be joined: they are 64 x 64 and 32 x "
            "32");
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\ngroups=2\n")),
            "mismatch: a.cfg:5: [convolutional]: groups=2 doesn't divide its 3 input channels");
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\nsize=65\n")),
            "mismatch: a.cfg:5: [convolutional]: its kernel covers 65 x 65, more than its input of "
            "64 x 64 with padding 0. This is due to the input size, 64x64; the nearest that fit: "
            "65x65");
  EXPECT_EQ(refusal_of(cfg_with("[upsample]\nstride=1023\n")),
            "too_large: a.cfg:5: [upsample]: its output of 3 x 65472 x 65472 has 12859748352 "
            "elements; at most 268435456 are allowed");
}

TEST(Layers, TogetherKeepToTheLimits) {
  std::string sections;
  for (int i = 0; i < 3; ++i) {
    sections += "[convolutional]\nfilters=20000\n";
  }
  const std::string tiny = "[net]\nwidth=1\nheight=1\nchannels=3\n";
  EXPECT_EQ(refusal_of(tiny + sections + std::string{kHead}), "accepted");
  EXPECT_EQ(refusal_of(tiny + sections + "[convolutional]\nfilters=20000\n" + std::string{kHead}),
            "too_large: a.cfg:11: [convolutional]: up to here the network has 1200140000 "
            "parameters, 2400120000 FLOPs and 80000 elements in its layers' outputs; at most "
            "1073741824, 1125899906842624 and 8589934592 are allowed");
}

TEST(Heads, MustFitTheConvolutionBeforeThem) {
  EXPECT_EQ(
      refusal_of(std::string{kNet} + "[convolutional]\nsize=1\nfilters=255\n\n[yolo]\nmask=0,1,2\n"
                                     "anchors=1,2,3,4,5,6\nclasses=2\nnum=3\n"),
      "mismatch: a.cfg:9: [yolo]: 3 anchors and classes=2 need 3 x (2 + 5) = 21 channels, but "
      "the [convolutional] of line 5 has filters=255 (line 7)");
  EXPECT_EQ(refusal_of(std::string{kNet} + "[convolutional]\n[yolo]\nanchors=1,2\nclasses=2\n"),
            "mismatch: a.cfg:6: [yolo]: 1 anchors and classes=2 need 1 x (2 + 5) = 7 channels, but "
            "the [convolutional] of line 5 gives 1 channels");
  EXPECT_EQ(refusal_of(std::string{kNet} +
                       "[convolutional]\nfilters=7\n[route]\nlayers=0,0\n[yolo]\nanchors=1,2\n"
                       "classes=2\n"),
            "mismatch: a.cfg:9: [yolo]: 1 anchors and classes=2 need 1 x (2 + 5) = 7 channels, but "
            "the [route] of line 7 gives 14 channels");
  EXPECT_EQ(refusal_of(std::string{kNet} + "[yolo]\nanchors=1,2\nclasses=2\n"),
            "mismatch: a.cfg:5: [yolo]: 1 anchors and classes=2 need 1 x (2 + 5) = 7 channels, but "
            "the [net] of line 1 gives 3 channels");
}

TEST(Heads, ThereMustBeOne) {
  EXPECT_EQ(refusal_of(std::string{kNet} + "[convolutional]\n"),
            "unsupported: a.cfg: has no [yolo], [region] or [Gaussian_yolo] section: this is not a "
            "detector");
  EXPECT_EQ(refusal_of(kNet),
            "unsupported: a.cfg: has no [yolo], [region] or [Gaussian_yolo] section: this is not a "
            "detector");
}

TEST(Heads, AreReadByNoOtherLayer) {
  EXPECT_EQ(
      refusal_of(cfg_with("") + "[convolutional]\n"),
      "unsupported: a.cfg:14: [convolutional]: reads the head of line 8 (layer 1); only other "
      "layers can be read");
  EXPECT_EQ(refusal_of(cfg_with("") + "[route]\nlayers=0,1\n"),
            "unsupported: a.cfg:14: [route]: reads the head of line 8 (layer 1); only other layers "
            "can be read");
}

TEST(Contrastive, IsReadByNoOtherLayer) {
  const std::string sections = "[convolutional]\nfilters=4\n[contrastive]\nyolo_layer=3\n";
  EXPECT_EQ(refusal_of(cfg_with(sections + "[route]\nlayers=0\n")), "accepted");
  EXPECT_EQ(refusal_of(cfg_with(sections)),
            "unsupported: a.cfg:9: [convolutional]: reads the [contrastive] of line 7 (layer 1); "
            "only other layers can be read");
}

TEST(Heads, OfDifferentClassesWarn) {
  const auto result = import(cfg_with("") +
                             "[route]\nlayers=0\n[convolutional]\nfilters=85\nactivation=linear\n"
                             "[yolo]\nanchors=1,2\nclasses=80\n");
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings,
              ElementsAre("a.cfg: its heads differ in classes, from 1 to 80: was one not edited?"));
  EXPECT_EQ(result.network->class_count(), 80);
}

/// Strides of 8, as Darknet rounds them: halves up.
constexpr std::string_view kDeep =
    "[maxpool]\nstride=2\n[maxpool]\nstride=2\n[convolutional]\nstride=2\n";

/// Layer 2 is joined with layer 0 of its size only where the half of the input is even.
constexpr std::string_view kPyramid =
    "[convolutional]\nsize=3\npad=1\nstride=2\n[maxpool]\nstride=2\n[upsample]\n"
    "[route]\nlayers=-1,0\n";

std::string sized(int width, int height, std::string_view sections) {
  return fmt::format("[net]\nwidth={}\nheight={}\nchannels=3\n{}{}", width, height, sections,
                     kHead);
}

LoadOptions with_size(int width, int height) {
  LoadOptions options;
  options.input_size = InputSize{width, height};
  return options;
}

TEST(InputSize, IsAnyAtWhichTheLayersFitTogether) {
  EXPECT_EQ(import(sized(60, 7, kDeep)).network.value().layers().back().output,
            (graph::Shape{6, 1, 8}));
  EXPECT_EQ(import(sized(63, 52, kPyramid)).network.value().layers().back().output,
            (graph::Shape{6, 26, 32}));
}

TEST(InputSize, AtWhichLayersDontFitTogetherIsRefusedWithTheNearest) {
  EXPECT_EQ(refusal_of(sized(62, 64, kPyramid)),
            "mismatch: a.cfg:12: [route]: layers 2 and 0 can't be joined: they are 32 x 32 and 31 "
            "x 32. This is due to the input size, 62x64; the nearest that fit: 63x64, 60x64");
  EXPECT_EQ(refusal_of(sized(64, 2, kPyramid)),
            "mismatch: a.cfg:12: [route]: layers 2 and 0 can't be joined: they are 32 x 2 and 32 x "
            "1. This is due to the input size, 64x2; the nearest that fit: 64x3");
  EXPECT_EQ(
      refusal_of(sized(9, 10, "[reorg3d]\nstride=2\n")),
      "mismatch: a.cfg:5: [reorg3d]: stride=2 doesn't divide its input of 9 x 10. This is due "
      "to the input size, 9x10; the nearest that fit: 8x10, 10x10");
}

TEST(InputSize, IsntBlamedForOtherMistakes) {
  EXPECT_EQ(refusal_of(sized(60, 64, "[convolutional]\ngroups=2\n")),
            "mismatch: a.cfg:5: [convolutional]: groups=2 doesn't divide its 3 input channels");
}

TEST(InputSize, MayBeOverridden) {
  const auto network = import(cfg_with(kDeep), with_size(94, 40)).network.value();
  EXPECT_EQ(network.input(), (graph::Shape{3, 40, 94}));
  EXPECT_EQ(network.layers().back().output, (graph::Shape{6, 5, 12}));
  // The cfg's own size then doesn't matter.
  EXPECT_EQ(refusal_of(sized(62, 64, kPyramid), with_size(64, 64)), "accepted");
}

TEST(InputSize, AnOverrideThatDoesntFitIsRefused) {
  EXPECT_EQ(refusal_of(cfg_with(kPyramid), with_size(62, 61)),
            "invalid_argument: a.cfg:12: [route]: layers 2 and 0 can't be joined: they are 32 x 32 "
            "and 31 x 31. This is due to the input size, 62x61; the nearest that fit: 63x60, "
            "60x60, 63x63");
  const auto with = [](int width, int height) {
    return refusal_of(cfg_with(kDeep), with_size(width, height));
  };
  EXPECT_EQ(with(0, 64), "invalid_argument: input size 0x64: the width must be from 1 to 16384");
  EXPECT_EQ(with(64, -8), "invalid_argument: input size 64x-8: the height must be from 1 to 16384");
  EXPECT_EQ(with(64, 16392),
            "invalid_argument: input size 64x16392: the height must be from 1 to 16384");
}

TEST(ReadCfg, NamesTheNetworkAfterItsFile) {
  const test::TemporaryFolder folder;
  std::vector<std::string> warnings;
  const auto network = read_cfg(folder.write("my.net.cfg", cfg_with("")), {}, warnings);
  EXPECT_EQ(network.value().name(), "my.net");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(ReadCfg, RefusesWhatCantBeRead) {
  const test::TemporaryFolder folder;
  std::vector<std::string> warnings;
  const auto missing = read_cfg(folder.path() / "no.cfg", {}, warnings);
  EXPECT_THAT(refusal(missing), HasSubstr("not_found: " + folder.path().string() + "/no.cfg"));
  EXPECT_THAT(refusal(read_cfg(folder.path(), {}, warnings)), HasSubstr("io: "));
  const auto empty = read_cfg(folder.write("empty.cfg", ""), {}, warnings);
  EXPECT_THAT(refusal(empty), HasSubstr("empty.cfg: has no section: this is not a cfg file"));
  const auto page = folder.write("p.cfg", "<!DOCTYPE html>\n<html>\n");
  EXPECT_EQ(refusal(read_cfg(page, {}, warnings)),
            "malformed: " + page.string() +
                ": is an HTML page, perhaps saved in place of a download; a cfg file is needed");
  const auto weights = folder.write("w.cfg", test::weights_file(0, 2, std::vector<float>(300'000)));
  EXPECT_EQ(refusal(read_cfg(weights, {}, warnings)),
            "malformed: " + weights.string() + ": is a Darknet weights file; a cfg file is needed");
  const auto large =
      read_cfg(folder.write("l.cfg", std::string((1U << 20U) + 1, '#')), {}, warnings);
  EXPECT_THAT(refusal(large), HasSubstr("too_large: "));
}

}  // namespace
}  // namespace yolofleet::darknet
