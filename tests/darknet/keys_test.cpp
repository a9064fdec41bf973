#include <fmt/format.h>
#include <gmock/gmock.h>

#include "darknet/section_tables.hpp"
#include "darknet/sections.hpp"
#include "darknet/support.hpp"

namespace yolofleet::darknet {
namespace {

using test::cfg_with;
using test::import;
using test::kHead;
using test::refusal;
using test::refusal_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Each key of a table once, with 0.
std::string all_of(std::span<const Key> keys, KeyRole role) {
  std::string text;
  for (const Key& key : keys) {
    if (key.role == role) {
      text += fmt::format("{}=0\n", key.name);
    }
  }
  return text;
}

TEST(Keys, WhatOnlyTrainingReadsIsIgnored) {
  const auto result = import(
      "[net]\nwidth=64\nheight=64\nchannels=3\nbatch=64\nsubdivisions=8\npolicy=steps\n"
      "steps=400,450\nscales=.1,.1\nmosaic=1\n[convolutional]\nstopbackward=1\n"
      "[dropout]\nprobability=.5\n[convolutional]\nfilters=6\nactivation=linear\n"
      "[yolo]\nmask=0\nanchors=10,20\nclasses=1\nnum=1\njitter=.3\nrandom=nonsense\n");
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(Keys, EmbeddingsAreIgnored) {
  const auto result = import(cfg_with("") +
                             "embedding_layer=-2\ntrack_history_size=20\nsim_thresh=0.7\n[route]\n"
                             "layers=0\n[contrastive]\nclasses=1\ntemperature=1.0\nyolo_layer=-2\n"
                             "cls_normalizer=1.0\nmax_delta=10\ncontrastive_neg_max=3\n");
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST(Keys, EveryIgnoredOneIsTakenInItsSection) {
  EXPECT_EQ(refusal_of(std::string{test::kNet} + all_of(net_keys(), KeyRole::kIgnored) +
                       std::string{kHead}),
            "accepted");
  const std::string of_every_layer = all_of(every_layer_keys(), KeyRole::kIgnored);
  EXPECT_EQ(refusal_of(cfg_with("[dropout]\n" + of_every_layer)), "accepted");
  for (const SectionKind& kind : layer_kinds()) {
    CfgSection section{std::string{kind.name}, 1, {}};
    std::vector<std::string> warnings;
    for (const Key& key : kind.keys) {
      section.options.push_back({std::string{key.name}, "0", 2});
      const bool refused = key.role == KeyRole::kRefused;
      EXPECT_EQ(check_layer_keys(section, kind, {"a.cfg", false, warnings}).has_value(), !refused)
          << kind.name << ' ' << key.name;
      section.options.clear();
    }
    EXPECT_THAT(warnings, IsEmpty());
  }
}

TEST(Keys, DeadOnesWarn) {
  const auto net = import("[net]\nmax_epochs=9\nwidth=64\nheight=64\nchannels=3\n" +
                          std::string{kHead} + "beta1=0.6\nuc_normalizer=0.07\n");
  EXPECT_EQ(refusal(net.network), "accepted");
  EXPECT_THAT(
      net.warnings,
      ElementsAre("a.cfg:2: [net] max_epochs=9: Darknet reads no such key here; ignored",
                  "a.cfg:15: [yolo] beta1=0.6: Darknet reads no such key here; ignored",
                  "a.cfg:16: [yolo] uc_normalizer=0.07: Darknet reads no such key here; ignored"));
}

TEST(Keys, UnknownOnesAreRefusedWithTheNearest) {
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\nstirde=2\n")),
            "unsupported: a.cfg:6: [convolutional] stirde=2: unknown key; the nearest known one is "
            "stride");
  EXPECT_EQ(refusal_of(cfg_with("[maxpool]\nsise=2\n")),
            "unsupported: a.cfg:6: [maxpool] sise=2: unknown key; the nearest known one is size");
  EXPECT_EQ(refusal_of("[net]\nwidht=416\n[dropout]\n"),
            "unsupported: a.cfg:2: [net] widht=416: unknown key; the nearest known one is width");
  EXPECT_EQ(refusal_of(cfg_with("[dropout]\ndont_load=1\n")),
            "unsupported: a.cfg:6: [dropout] dont_load=1: unknown key; the nearest known one is "
            "dontload");
}

TEST(Keys, KnownOnesOfOtherSectionsAreUnknownHere) {
  EXPECT_EQ(refusal_of(cfg_with("[avgpool]\nmask=1\n")).substr(0, 53),
            "unsupported: a.cfg:6: [avgpool] mask=1: unknown key; ");
  EXPECT_EQ(refusal_of(cfg_with("[upsample]\nFilters=1\n")).substr(0, 40),
            "unsupported: a.cfg:6: [upsample] Filters");
}

TEST(Keys, UnknownOnesWarnIfTheyAreAllowed) {
  LoadOptions options;
  options.allow_unknown_keys = true;
  const auto result = import(cfg_with("[convolutional]\nstirde=2\n"), options);
  EXPECT_EQ(refusal(result.network), "accepted");
  EXPECT_THAT(result.warnings, ElementsAre("a.cfg:6: [convolutional] stirde=2: unknown key, "
                                           "ignored; the nearest known one is stride"));
}

TEST(Keys, ThoseThatWouldChangeTheResultAreRefusedEvenIfUnknownOnesAreAllowed) {
  LoadOptions options;
  options.allow_unknown_keys = true;
  EXPECT_EQ(refusal_of(cfg_with("[convolutional]\ndontload=1\n"), options),
            "unsupported: a.cfg:6: [convolutional] dontload=1: not supported; only 0 is allowed");
}

struct Case {
  std::string_view section;
  std::string_view key;
};

class UnsupportedKey : public ::testing::TestWithParam<Case> {};

TEST_P(UnsupportedKey, IsTakenWithZeroOnly) {
  const auto [section, key] = GetParam();
  const auto with = [&](std::string_view value) {
    return refusal_of(cfg_with(fmt::format("[{}]\n{}={}\n", section, key, value)));
  };
  EXPECT_EQ(with("0"), "accepted");
  EXPECT_EQ(with("0.0 # off"), "accepted");
  for (const std::string_view value : {"1", "-1", "0.5", "x", "0x", ""}) {
    EXPECT_EQ(with(value),
              fmt::format("unsupported: a.cfg:6: [{}] {}={}: not supported; only 0 is allowed",
                          section, key, value));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, UnsupportedKey,
    ::testing::Values(Case{"convolutional", "binary"}, Case{"convolutional", "xnor"},
                      Case{"convolutional", "sway"}, Case{"convolutional", "rotate"},
                      Case{"convolutional", "stretch"}, Case{"convolutional", "stretch_sway"},
                      Case{"convolutional", "flipped"}, Case{"convolutional", "coordconv"},
                      Case{"convolutional", "dontload"}, Case{"convolutional", "dontloadscales"},
                      Case{"dropout", "dontload"}, Case{"maxpool", "maxpool_zero_nonmax"}),
    [](const auto& tested) {
      return fmt::format("{}_{}", tested.param.section, tested.param.key);
    });

TEST(Keys, SomeMayNotBeThereAtAll) {
  EXPECT_EQ(refusal_of(std::string{test::kNet} + "inputs=256\n" + std::string{kHead}),
            "unsupported: a.cfg:5: [net] inputs=256: not supported; the key must not be there");
}

TEST(Sections, TheNearestIgnoresCase) {
  const auto nearest = [](const std::string& name) {
    const std::string refused = refusal_of(cfg_with("[" + name + "]\n"));
    return refused.substr(refused.rfind('['));
  };
  EXPECT_EQ(nearest("YOLO"), "[yolo]");
  EXPECT_EQ(nearest("GAUSSIAN_YOLO"), "[Gaussian_yolo]");
  EXPECT_EQ(nearest("MaxPool"), "[maxpool]");
  EXPECT_EQ(nearest("CONVOLUTIONL"), "[convolutional]");
  EXPECT_EQ(
      refusal_of(cfg_with("[convolutional]\nFILTERS=1\n")),
      "unsupported: a.cfg:6: [convolutional] FILTERS=1: unknown key; the nearest known one is "
      "filters");
}

TEST(Sections, UnknownOnesAreRefusedWithTheNearest) {
  EXPECT_EQ(refusal_of(cfg_with("[route_lhalf]\nlayers=-1\n")),
            "unsupported: a.cfg:5: [route_lhalf]: Darknet has no such section; the nearest known "
            "one is [route]");
  EXPECT_EQ(refusal_of(cfg_with("[Convolutional]\n")),
            "unsupported: a.cfg:5: [Convolutional]: Darknet has no such section; the nearest known "
            "one is [convolutional]");
}

const std::string kNotSupported =
    ": this layer isn't supported; supported are convolutional, conv, route, shortcut, maxpool, "
    "max, local_avgpool, local_avg, avgpool, avg, upsample, scale_channels, sam, dropout, "
    "contrastive, reorg, reorg3d, yolo, Gaussian_yolo, region";

TEST(Sections, KnownOnesThatArentSupportedAreNamed) {
  for (const std::string name :
       {"activation",    "batchnorm", "conn",    "connected", "conv_lstm", "cost",  "crnn", "crop",
        "detection",     "empty",     "gru",     "history",   "implicit",  "local", "lrn",  "lstm",
        "normalization", "rnn",       "silence", "soft",      "softmax"}) {
    EXPECT_EQ(refusal_of(cfg_with("[dropout]\n[" + name + "]\nanything=1\n")),
              "unsupported: a.cfg:6: [" + name + "]" + kNotSupported);
  }
}

TEST(Sections, ComeBeforeKeys) {
  EXPECT_EQ(refusal_of(cfg_with("[dropout]\nstrange=1\n[gru]\n")),
            "unsupported: a.cfg:7: [gru]" + kNotSupported);
}

TEST(Sections, NetIsTheFirstAndOnlyTheFirst) {
  EXPECT_EQ(refusal_of("[convolutional]\n[net]\n"),
            "malformed: a.cfg:1: [convolutional]: the first section must be [net]");
  EXPECT_EQ(refusal_of(cfg_with("[net]\n")),
            "malformed: a.cfg:5: [net]: only the first section may be [net]");
  EXPECT_EQ(refusal_of(cfg_with("[network]\n")),
            "malformed: a.cfg:5: [network]: only the first section may be [net]");
}

TEST(Sections, ShortNamesAreTaken) {
  EXPECT_EQ(refusal_of("[network]\nwidth=64\nheight=64\nchannels=3\n[conv]\n[max]\n[avg]\n"
                       "[route]\nlayers=0\n" +
                       std::string{kHead}),
            "accepted");
}

}  // namespace
}  // namespace yolofleet::darknet
