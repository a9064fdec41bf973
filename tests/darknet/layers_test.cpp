#include <gmock/gmock.h>

#include "darknet/support.hpp"

/// Options to operations: Darknet's defaults, what is taken, what is refused with which words.
namespace yolofleet::darknet {
namespace {

using graph::Activation;
using test::cfg_with;
using test::layer_of;
using test::refusal_of;
using ::testing::ElementsAre;

graph::Convolution convolution(const std::string& options) {
  return layer_of<graph::Convolution>(cfg_with("[convolutional]\n" + options));
}

TEST(Convolutional, HasDarknetsDefaults) {
  const graph::Convolution op = convolution("");
  EXPECT_EQ(op.filters, 1);
  EXPECT_EQ(op.size, 1);
  EXPECT_EQ(op.stride_x, 1);
  EXPECT_EQ(op.stride_y, 1);
  EXPECT_EQ(op.dilation, 1);
  EXPECT_EQ(op.padding, 0);
  EXPECT_EQ(op.groups, 1);
  EXPECT_FALSE(op.batch_normalize);
  EXPECT_EQ(op.activation, Activation::kLogistic);
  EXPECT_TRUE(op.weights.kernel.empty());
}

TEST(Convolutional, ReadsItsOptions) {
  const graph::Convolution op = convolution(
      "filters=+9\nsize=3\nstride=2\npad=1\ngroups=3\nbatch_normalize=1\nactivation=mish\n");
  EXPECT_EQ(op.filters, 9);
  EXPECT_EQ(op.size, 3);
  EXPECT_EQ(op.stride_x, 2);
  EXPECT_EQ(op.stride_y, 2);
  EXPECT_EQ(op.padding, 1);
  EXPECT_EQ(op.groups, 3);
  EXPECT_TRUE(op.batch_normalize);
  EXPECT_EQ(op.activation, Activation::kMish);
}

TEST(Convolutional, StrideIsTheDefaultOfBothAxes) {
  EXPECT_EQ(convolution("stride=2\nstride_x=4\n").stride_x, 4);
  EXPECT_EQ(convolution("stride=2\nstride_x=4\n").stride_y, 2);
  EXPECT_EQ(convolution("stride=2\nstride_y=1\n").stride_x, 2);
  EXPECT_EQ(convolution("stride=2\nstride_y=1\n").stride_y, 1);
  EXPECT_EQ(convolution("stride=2\nstride_x=0\nstride_y=-1\n").stride_x, 2);
}

TEST(Convolutional, PadMeansHalfTheSizeAndWinsOverPadding) {
  EXPECT_EQ(convolution("size=5\npadding=1\n").padding, 1);
  EXPECT_EQ(convolution("size=5\npadding=1\npad=1\n").padding, 2);
  EXPECT_EQ(convolution("size=5\npadding=1\npad=0\n").padding, 1);
  EXPECT_EQ(convolution("size=4\npad=1\n").padding, 2);
}

TEST(Convolutional, DilationScalesThePadding) {
  const graph::Convolution op = convolution("size=3\npad=1\ndilation=4\n");
  EXPECT_EQ(op.dilation, 4);
  EXPECT_EQ(op.padding, 4);
  EXPECT_EQ(convolution("size=1\ndilation=4\n").dilation, 1);
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\nsize=3\ndilation=2\n")),
            "unsupported: a.cfg:7: [convolutional] dilation=2: needs a padding of (size - 1) / 2, "
            "but size is 3 and padding 0");
}

TEST(Convolutional, CrossIterationNormalisationIsNormalisationAtInference) {
  EXPECT_TRUE(convolution("cbn=1\n").batch_normalize);
  EXPECT_TRUE(convolution("cbn=1\nbatch_normalize=0\n").batch_normalize);
  EXPECT_FALSE(convolution("cbn=0\nbatch_normalize=0\n").batch_normalize);
}

TEST(Convolutional, GroupsUnderOneAreOne) {
  EXPECT_EQ(convolution("groups=0\n").groups, 1);
}

TEST(Convolutional, KnowsDarknetsActivations) {
  EXPECT_EQ(convolution("activation=hard_mish\n").activation, Activation::kHardMish);
  EXPECT_EQ(convolution("activation=swish\n").activation, Activation::kSwish);
  EXPECT_EQ(convolution("activation=relu6 # six\n").activation, Activation::kRelu6);
  EXPECT_EQ(convolution("activation=revleaky\n").activation, Activation::kLeaky);
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\nactivation=silu\n")),
            "unsupported: a.cfg:6: [convolutional] activation=silu: must be one of linear, "
            "logistic, loggy, relu, relu6, elu, selu, gelu, relie, ramp, leaky, tanh, plse, stair, "
            "hardtan, lhtan, swish, mish, hard_mish");
}

struct Refused {
  std::string section;  ///< with its options; the first is line 5
  std::string message;
};

class RefusedValue : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedValue, IsNamedWithLineAndWhatIsAllowed) {
  EXPECT_EQ(refusal_of(cfg_with(GetParam().section)), "malformed: a.cfg:" + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, RefusedValue,
    ::testing::Values(
        Refused{"[convolutional]\nfilters=0\n",
                "6: [convolutional] filters=0: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nfilters=-1\n",
                "6: [convolutional] filters=-1: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nfilters=65537\n",
                "6: [convolutional] filters=65537: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nfilters=99999999999999999999\n",
                "6: [convolutional] filters=99999999999999999999: must be a whole number from 1 to "
                "65536"},
        Refused{"[convolutional]\nfilters=32 stride=2\n",
                "6: [convolutional] filters=32stride=2: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nfilters=$n\n",
                "6: [convolutional] filters=$n: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nfilters=\n",
                "6: [convolutional] filters=: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nfilters=+-3\n",
                "6: [convolutional] filters=+-3: must be a whole number from 1 to 65536"},
        Refused{"[convolutional]\nsize=1024\n",
                "6: [convolutional] size=1024: must be a whole number from 1 to 1023"},
        Refused{"[convolutional]\nstride=0\n",
                "6: [convolutional] stride=0: must be a whole number from 1 to 1023"},
        Refused{"[convolutional]\nstride_x=1024\n",
                "6: [convolutional] stride_x=1024: must be a whole number from -1 to 1023"},
        Refused{"[convolutional]\nstride_y=x\n",
                "6: [convolutional] stride_y=x: must be a whole number from -1 to 1023"},
        Refused{"[convolutional]\ndilation=0\n",
                "6: [convolutional] dilation=0: must be a whole number from 1 to 1023"},
        Refused{"[convolutional]\npadding=-1\n",
                "6: [convolutional] padding=-1: must be a whole number from 0 to 1023"},
        Refused{"[convolutional]\npad=yes\n",
                "6: [convolutional] pad=yes: must be a whole number from -1000000 to 1000000"},
        Refused{"[convolutional]\ngroups=x\n",
                "6: [convolutional] groups=x: must be a whole number from -1 to 65536"},
        Refused{"[maxpool]\nstride=0\n",
                "6: [maxpool] stride=0: must be a whole number from 1 to 1023"},
        Refused{"[maxpool]\nstride_x=0\n",
                "6: [maxpool] stride_x=0: must be a whole number from 1 to 1023"},
        Refused{"[maxpool]\nstride_y=0\n",
                "6: [maxpool] stride_y=0: must be a whole number from 1 to 1023"},
        Refused{"[maxpool]\nsize=0\n",
                "6: [maxpool] size=0: must be a whole number from 1 to 1023"},
        Refused{"[maxpool]\nsize=3\npadding=5\n",
                "7: [maxpool] padding=5: must be a whole number from 0 to 4"},
        Refused{"[upsample]\nstride=-2\n",
                "6: [upsample] stride=-2: must be a whole number from 1 to 1023"},
        Refused{"[upsample]\nscale=inf\n",
                "6: [upsample] scale=inf: must be a number from -1000000 to 1000000"},
        Refused{"[upsample]\nscale=nan\n",
                "6: [upsample] scale=nan: must be a number from -1000000 to 1000000"},
        Refused{"[upsample]\nscale=x2\n",
                "6: [upsample] scale=x2: must be a number from -1000000 to 1000000"},
        Refused{"[upsample]\nscale=0x2\n",
                "6: [upsample] scale=0x2: must be a number from -1000000 to 1000000"}));

INSTANTIATE_TEST_SUITE_P(
    LayerNumbers, RefusedValue,
    ::testing::Values(
        Refused{"[dropout]\n[route]\n",
                "6: [route]: layers is missing: must be a comma-separated list of numbers"},
        Refused{"[dropout]\n[route]\nlayers=\n",
                "7: [route] layers=: must be a comma-separated list of numbers"},
        Refused{"[dropout]\n[dropout]\n[route]\nlayers=-1, 2\n",
                "8: [route] layers=-1,2: \"2\" is no layer before this one, which is layer 2: "
                "allowed are 0 to 1, or -1 to -2 counted back from it"},
        Refused{"[dropout]\n[dropout]\n[route]\nlayers=-3\n",
                "8: [route] layers=-3: \"-3\" is no layer before this one, which is layer 2: "
                "allowed are 0 to 1, or -1 to -2 counted back from it"},
        Refused{
            "[dropout]\n[route]\nlayers=-1,\n",
            "7: [route] layers=-1,: \"\" is no layer before this one, which is layer 1: allowed "
            "are 0 to 0, or -1 to -1 counted back from it; Darknet reads 0 there"},
        Refused{"[dropout]\n[route]\nlayers=x\n",
                "7: [route] layers=x: \"x\" is no layer before this one, which is layer 1: allowed "
                "are 0 to 0, or -1 to -1 counted back from it"},
        Refused{"[route]\nlayers=-1\n",
                "6: [route] layers=-1: this is the first layer: there is none before it"},
        Refused{"[dropout]\n[route]\nlayers=0\ngroups=0\n",
                "8: [route] groups=0: must be a whole number from 1 to 65536"},
        Refused{"[dropout]\n[route]\nlayers=0\ngroups=2\ngroup_id=2\n",
                "9: [route] group_id=2: must be a whole number from 0 to 1"},
        Refused{"[dropout]\n[route]\nlayers=0\ngroup_id=-1\n",
                "8: [route] group_id=-1: must be a whole number from 0 to 0"},
        Refused{"[dropout]\n[shortcut]\n",
                "6: [shortcut]: from is missing: must be a comma-separated list of numbers"},
        Refused{
            "[dropout]\n[shortcut]\nfrom=1\n",
            "7: [shortcut] from=1: \"1\" is no layer before this one, which is layer 1: allowed "
            "are 0 to 0, or -1 to -1 counted back from it"},
        Refused{"[dropout]\n[scale_channels]\nfrom=0,0\n",
                "7: [scale_channels] from=0,0: must be exactly one layer"},
        Refused{"[dropout]\n[scale_channels]\n",
                "6: [scale_channels]: from is missing: must be a comma-separated list of numbers"},
        Refused{"[dropout]\n[sam]\nfrom=5\n",
                "7: [sam] from=5: \"5\" is no layer before this one, which is layer 1: allowed are "
                "0 to 0, or -1 to -1 counted back from it"}));

TEST(Route, NumbersCountFromTheFrontOrBack) {
  const std::string_view sections =
      "[dropout]\n[dropout]\n[dropout]\n[route]\nlayers = -1, 0, -3\n";
  const auto op = layer_of<graph::Route>(cfg_with(sections), 3);
  EXPECT_THAT(op.layers, ElementsAre(2, 0, 0));
  EXPECT_EQ(op.groups, 1);
  EXPECT_EQ(op.group_id, 0);
}

TEST(Route, ReadsItsGroup) {
  const auto op = layer_of<graph::Route>(
      cfg_with("[convolutional]\nfilters=4\n[route]\nlayers=-1\ngroups=2\ngroup_id=1\n"), 1);
  EXPECT_EQ(op.groups, 2);
  EXPECT_EQ(op.group_id, 1);
}

TEST(Shortcut, ReadsItsOptions) {
  const auto plain = layer_of<graph::Shortcut>(cfg_with("[dropout]\n[shortcut]\nfrom=-1\n"), 1);
  EXPECT_THAT(plain.from, ElementsAre(0));
  EXPECT_EQ(plain.activation, Activation::kLinear);
  EXPECT_EQ(plain.weights_type, graph::ShortcutWeights::kNone);

  const auto weighted = layer_of<graph::Shortcut>(
      cfg_with("[dropout]\n[dropout]\n[shortcut]\nfrom=-2,1\nactivation=leaky\n"
               "weights_type=per_channel\nweights_normalization=softmax\n"),
      2);
  EXPECT_THAT(weighted.from, ElementsAre(0, 1));
  EXPECT_EQ(weighted.activation, Activation::kLeaky);
  EXPECT_EQ(weighted.weights_type, graph::ShortcutWeights::kPerChannel);
  EXPECT_EQ(weighted.normalization, graph::WeightsNormalization::kSoftmax);
}

TEST(Shortcut, KnowsBothWordsForEach) {
  const auto read = [](const std::string& options) {
    return layer_of<graph::Shortcut>(cfg_with("[dropout]\n[shortcut]\nfrom=0\n" + options), 1);
  };
  for (const std::string type : {"per_feature", "per_layer"}) {
    EXPECT_EQ(read("weights_type=" + type + "\nweights_normalization=relu\n").weights_type,
              graph::ShortcutWeights::kPerFeature);
  }
  for (const std::string word : {"relu", "avg_relu"}) {
    EXPECT_EQ(read("weights_type=per_layer\nweights_normalization=" + word + "\n").normalization,
              graph::WeightsNormalization::kRelu);
  }
  EXPECT_EQ(read("weights_type=none\nweights_normalization=softmax\n").normalization,
            graph::WeightsNormalization::kNone);
}

TEST(Shortcut, RefusesWhatDarknetRefuses) {
  const std::string start = "[dropout]\n[shortcut]\nfrom=0\n";
  EXPECT_EQ(refusal_of(cfg_with(start + "weights_type=per_pixel\n")),
            "unsupported: a.cfg:8: [shortcut] weights_type=per_pixel: must be one of none, "
            "per_feature, per_layer, per_channel");
  EXPECT_EQ(
      refusal_of(cfg_with(start + "weights_normalization=max\n")),
      "unsupported: a.cfg:8: [shortcut] weights_normalization=max: must be one of none, relu, "
      "avg_relu, softmax");
  EXPECT_EQ(
      refusal_of(cfg_with(start + "weights_type=per_layer\nweights_normalization=none\n")),
      "unsupported: a.cfg:9: [shortcut] weights_normalization=none: with weights_type it must "
      "be relu or softmax");
  EXPECT_EQ(refusal_of(cfg_with(start + "weights_type=per_layer\n")),
            "unsupported: a.cfg:6: [shortcut]: weights_normalization is missing: with weights_type "
            "it must be relu or softmax");
}

TEST(Shortcut, HasNoHardMish) {
  EXPECT_EQ(refusal_of(cfg_with("[dropout]\n[shortcut]\nfrom=0\nactivation=hard_mish\n")),
            "unsupported: a.cfg:8: [shortcut] activation=hard_mish: must be one of linear, "
            "logistic, loggy, relu, relu6, elu, selu, gelu, relie, ramp, leaky, tanh, plse, stair, "
            "hardtan, lhtan, swish, mish");
}

TEST(MaxPool, HasDarknetsDefaults) {
  const auto bare = layer_of<graph::MaxPool>(cfg_with("[maxpool]\n"));
  EXPECT_EQ(bare.size, 1);
  EXPECT_EQ(bare.stride_x, 1);
  EXPECT_EQ(bare.padding, 0);
  const auto usual = layer_of<graph::MaxPool>(cfg_with("[maxpool]\nstride=2\n"));
  EXPECT_EQ(usual.size, 2);
  EXPECT_EQ(usual.stride_x, 2);
  EXPECT_EQ(usual.stride_y, 2);
  EXPECT_EQ(usual.padding, 1);
}

TEST(MaxPool, ReadsItsOptions) {
  const auto op = layer_of<graph::MaxPool>(
      cfg_with("[maxpool]\nsize=6\nstride=1\nstride_x=2\nstride_y=4\npadding=10\n"));
  EXPECT_EQ(op.size, 6);
  EXPECT_EQ(op.stride_x, 2);
  EXPECT_EQ(op.stride_y, 4);
  EXPECT_EQ(op.padding, 10);
}

TEST(MaxPool, OverChannelsHasNoWindow) {
  const std::string two = "[convolutional]\nfilters=7\n";
  const auto read = [&](const std::string& options) {
    return layer_of<graph::DepthMaxPool>(cfg_with(two + "[maxpool]\n" + options), 1).out_channels;
  };
  EXPECT_EQ(read("maxpool_depth=1\n"), 1);
  EXPECT_EQ(read("maxpool_depth=1\nout_channels=3\nsize=5\nstride=2\nantialiasing=1\n"), 3);
  EXPECT_EQ(layer_of<graph::MaxPool>(cfg_with("[maxpool]\nmaxpool_depth=0\nout_channels=3\n")).size,
            1);
  EXPECT_EQ(refusal_of(cfg_with("[maxpool]\nmaxpool_depth=1\nout_channels=4\n")),
            "mismatch: a.cfg:5: [maxpool]: out_channels=4 is more than its 3 input channels");
  EXPECT_EQ(refusal_of(cfg_with("[maxpool]\nmaxpool_depth=1\nout_channels=0\n")),
            "malformed: a.cfg:7: [maxpool] out_channels=0: must be a whole number from 1 to 65536");
}

TEST(LocalAvgPool, HasDarknetsDefaultsAndReadsItsOptions) {
  const auto usual = layer_of<graph::LocalAvgPool>(cfg_with("[local_avgpool]\nstride=2\n"));
  EXPECT_EQ(usual.size, 2);
  EXPECT_EQ(usual.stride_x, 2);
  EXPECT_EQ(usual.stride_y, 2);
  EXPECT_EQ(usual.padding, 1);
  const auto op = layer_of<graph::LocalAvgPool>(
      cfg_with("[local_avg]\nsize=6\nstride_x=2\nstride_y=4\npadding=10\n"));
  EXPECT_EQ(op.size, 6);
  EXPECT_EQ(op.stride_x, 2);
  EXPECT_EQ(op.stride_y, 4);
  EXPECT_EQ(op.padding, 10);
  EXPECT_EQ(refusal_of(cfg_with("[local_avgpool]\nsize=3\npadding=5\n")),
            "malformed: a.cfg:7: [local_avgpool] padding=5: must be a whole number from 0 to 4");
}

TEST(Upsample, HasDarknetsDefaultsAndReadsItsOptions) {
  const auto bare = layer_of<graph::Upsample>(cfg_with("[upsample]\n"));
  EXPECT_EQ(bare.stride, 2);
  EXPECT_EQ(bare.scale, 1.0F);
  const auto op = layer_of<graph::Upsample>(cfg_with("[upsample]\nstride=4\nscale=.5\n"));
  EXPECT_EQ(op.stride, 4);
  EXPECT_EQ(op.scale, 0.5F);
}

TEST(Products, ReadTheirOptions) {
  const auto scale = layer_of<graph::ScaleChannels>(
      cfg_with("[dropout]\n[avgpool]\n[scale_channels]\nfrom=-2\nactivation=relu\n"), 2);
  EXPECT_EQ(scale.from, 0);
  EXPECT_FALSE(scale.scale_wh);
  EXPECT_EQ(scale.activation, Activation::kRelu);
  const auto wide = layer_of<graph::ScaleChannels>(
      cfg_with("[dropout]\n[convolutional]\n[scale_channels]\nfrom=0\nscale_wh=1\n"), 2);
  EXPECT_TRUE(wide.scale_wh);
  EXPECT_EQ(wide.activation, Activation::kLinear);
  const auto sam = layer_of<graph::Sam>(cfg_with("[dropout]\n[dropout]\n[sam]\nfrom=0\n"), 2);
  EXPECT_EQ(sam.from, 0);
  EXPECT_EQ(sam.activation, Activation::kLinear);
}

TEST(Products, HaveNoSwishAndNoMish) {
  for (const std::string section : {"scale_channels", "sam"}) {
    for (const std::string word : {"swish", "mish", "hard_mish"}) {
      EXPECT_EQ(
          refusal_of(cfg_with("[dropout]\n[" + section + "]\nfrom=0\nactivation=" + word + "\n")),
          "unsupported: a.cfg:8: [" + section + "] activation=" + word +
              ": must be one of linear, logistic, loggy, relu, relu6, elu, selu, gelu, relie, "
              "ramp, leaky, tanh, plse, stair, hardtan, lhtan");
    }
  }
}

TEST(Antialiasing, IsABlur) {
  EXPECT_EQ(convolution("").blur, graph::Blur{});
  EXPECT_EQ(convolution("antialiasing=0\n").blur, graph::Blur{});
  EXPECT_EQ(convolution("stride=2\nantialiasing=1\n").blur, graph::kBinomialBlur);
  EXPECT_EQ(convolution("stride=2\nantialiasing=2\n").blur, graph::kBoxBlur);
  EXPECT_EQ(layer_of<graph::MaxPool>(cfg_with("[maxpool]\nstride=2\nantialiasing=1\n")).blur,
            graph::kBinomialBlur);
  EXPECT_EQ(refusal_of(cfg_with("[maxpool]\nantialiasing=3\n")),
            "malformed: a.cfg:6: [maxpool] antialiasing=3: must be a whole number from 0 to 2");
}

TEST(Reorg, ReadsItsStride) {
  const auto read = [](const std::string& section) {
    return layer_of<graph::Reorg>(cfg_with("[convolutional]\nfilters=4\n" + section), 1);
  };
  EXPECT_EQ(read("[reorg]\n").stride, 1);
  EXPECT_TRUE(read("[reorg]\nstride=2\n").old);
  EXPECT_EQ(read("[reorg3d]\nstride=2\n").stride, 2);
  EXPECT_FALSE(read("[reorg3d]\nstride=2\n").old);
  EXPECT_EQ(refusal_of(cfg_with("[reorg]\nstride=2\nreverse=1\n")),
            "unsupported: a.cfg:7: [reorg] reverse=1: not supported; only 0 is allowed");
  EXPECT_EQ(refusal_of(cfg_with("[reorg]\nstride=0\n")),
            "malformed: a.cfg:6: [reorg] stride=0: must be a whole number from 1 to 1023");
}

}  // namespace
}  // namespace yolofleet::darknet
