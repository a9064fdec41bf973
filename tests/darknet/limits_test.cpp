#include "graph/limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "darknet/names.hpp"
#include "darknet/support.hpp"
#include "darknet/warnings.hpp"

/// The limits of a model's files. The limits of single layers are tested in graph/shapes_test.cpp,
/// those of the whole network in network_test.cpp.
namespace yolofleet::darknet {
namespace {

using test::cfg_with;
using test::import;
using test::kHead;
using test::kNet;
using test::refusal;
using test::refusal_of;
using ::testing::HasSubstr;
namespace limits = graph::limits;

/// "1,1,1": that many.
std::string list_of(std::string_view value, std::size_t count) {
  std::string list{value};
  for (std::size_t i = 1; i < count; ++i) {
    list.append(",").append(value);
  }
  return list;
}

std::string with(std::string_view begin, std::string_view list, std::string_view end = "") {
  return cfg_with("[convolutional]\nfilters=1\n" + std::string{begin} + std::string{list} + "\n" +
                  std::string{end});
}

TEST(Limits, ARouteOrShortcutNamesSoManyLayers) {
  const std::string most = list_of("0", limits::kMaxSources);
  EXPECT_EQ(refusal_of(with("[route]\nlayers=", most)), "accepted");
  EXPECT_EQ(refusal_of(with("[shortcut]\nfrom=", most)), "accepted");
  EXPECT_THAT(refusal_of(with("[route]\nlayers=", most + ",0")),
              ::testing::AllOf(::testing::StartsWith("too_large: a.cfg:8: [route] layers=0,0,0"),
                               ::testing::EndsWith("a list of 257; at most 256 are allowed")));
  EXPECT_THAT(refusal_of(with("[shortcut]\nfrom=", most + ",0")),
              ::testing::AllOf(::testing::StartsWith("too_large: a.cfg:8: [shortcut] from=0,0,0"),
                               ::testing::EndsWith("a list of 257; at most 256 are allowed")));
}

TEST(Limits, AHeadHasSoManyAnchors) {
  const auto head = [](std::size_t masks, std::string_view sides) {
    return fmt::format("{}[convolutional]\nfilters=6144\n[yolo]\nclasses=1\nmask={}\nanchors={}\n",
                       kNet, list_of("0", masks), sides);
  };
  const std::string most = list_of("7", 2048);
  EXPECT_EQ(refusal_of(head(1024, most)), "accepted");
  EXPECT_EQ(refusal_of(head(1024, most + ",")), "accepted") << "as Darknet has it";
  EXPECT_THAT(refusal_of(head(1025, most)), HasSubstr("a list of 1025; at most 1024 are allowed"));
  EXPECT_THAT(refusal_of(head(1, most + ",7,7")),
              HasSubstr("a list of 2050; at most 2048 are allowed"));
  EXPECT_THAT(refusal_of(std::string{kNet} + "[yolo]\nnum=1025\n"),
              HasSubstr("num=1025: must be a whole number from 1 to 1024"));
  EXPECT_THAT(refusal_of(std::string{kNet} + "[yolo]\nclasses=65001\n"),
              HasSubstr("classes=65001: must be a whole number from 1 to 65000"));
}

TEST(Limits, AModelHasSoManyHeads) {
  std::string cfg{kNet};
  for (int i = 0; i < limits::kMaxHeads; ++i) {
    cfg += kHead;
    cfg += i + 1 < limits::kMaxHeads ? "[route]\nlayers=0\n" : "";
  }
  EXPECT_EQ(refusal_of(cfg), "accepted");
  EXPECT_THAT(refusal_of(cfg + "[route]\nlayers=0\n" + std::string{kHead}),
              ::testing::AllOf(::testing::StartsWith("too_large: a.cfg:"),
                               ::testing::EndsWith(": [yolo]: more than 64 heads")));
}

TEST(Limits, NumbersAreHeldToTheirRange) {
  const auto refused = [](std::string_view section) {
    return refusal_of(std::string{kNet} + std::string{section});
  };
  EXPECT_THAT(refused("[convolutional]\nfilters=65537\n"), HasSubstr("from 1 to 65536"));
  EXPECT_THAT(refused("[convolutional]\ngroups=65537\n"), HasSubstr("from -1 to 65536"));
  EXPECT_THAT(refused("[convolutional]\nsize=1024\n"), HasSubstr("from 1 to 1023"));
  EXPECT_THAT(refused("[convolutional]\npadding=1024\n"), HasSubstr("from 0 to 1023"));
  EXPECT_THAT(refused("[convolutional]\ndilation=1024\n"), HasSubstr("from 1 to 1023"));
  EXPECT_THAT(refused("[maxpool]\nstride=1024\n"), HasSubstr("from 1 to 1023"));
  EXPECT_THAT(refused("[upsample]\nstride=1024\n"), HasSubstr("from 1 to 1023"));
  EXPECT_THAT(refusal_of("[net]\nwidth=16385\n"), HasSubstr("from 1 to 16384"));
  EXPECT_THAT(refusal_of("[net]\nwidth=64\nheight=64\nchannels=4\n"), HasSubstr("from 1 to 3"));
}

TEST(Limits, OperationsAreCounted) {
  std::string cfg = "[net]\nwidth=16384\nheight=16384\nchannels=1\n";
  for (int i = 0; i < 5; ++i) {
    cfg += "[maxpool]\nsize=1023\nstride=1\n";
  }
  EXPECT_THAT(refusal_of(cfg + std::string{kHead}),
              ::testing::AllOf(::testing::StartsWith("too_large: a.cfg:17: [maxpool]: up to here"),
                               HasSubstr(" FLOPs and 1342177280 elements")));
}

TEST(Limits, OutputsTogetherAreCounted) {
  std::string cfg = "[net]\nwidth=16384\nheight=16384\nchannels=1\n";
  for (int i = 0; i < 33; ++i) {
    cfg += "[dropout]\n";
  }
  EXPECT_THAT(refusal_of(cfg + std::string{kHead}),
              ::testing::AllOf(::testing::StartsWith("too_large: a.cfg:37: [dropout]: up to here"),
                               HasSubstr("and 8858370048 elements in its layers' outputs")));
}

TEST(Limits, AModelHasSoManyWarnings) {
  std::string sections = "[dropout]\n";
  for (std::size_t i = 0; i < limits::kMaxWarnings; ++i) {
    sections += "probability=.5\n";
  }
  const auto most = import(cfg_with(sections)).warnings;
  ASSERT_EQ(most.size(), limits::kMaxWarnings - 1) << "the first key causes no warning";
  sections += "probability=.5\nprobability=.5\nprobability=.5\n";
  const auto more = import(cfg_with(sections)).warnings;
  ASSERT_EQ(more.size(), limits::kMaxWarnings + 1);
  EXPECT_THAT(more[limits::kMaxWarnings - 1], HasSubstr("a.cfg:206: [dropout] probability=.5"));
  EXPECT_EQ(more.back(), "there are more warnings, which are left out");
}

TEST(Limits, UnknownKeysOverTheWarningsAreStillTaken) {
  std::string section = "[dropout]\n";
  for (int i = 0; i < 250; ++i) {
    section += fmt::format("key{}=1\n", i);
  }
  LoadOptions options;
  options.allow_unknown_keys = true;
  const auto taken = import(cfg_with(section + section), options);
  EXPECT_EQ(refusal(taken.network), "accepted");
  ASSERT_EQ(taken.warnings.size(), limits::kMaxWarnings + 1);
  EXPECT_EQ(taken.warnings.back(), "there are more warnings, which are left out");
}

TEST(Limits, NamesOverTheClassesAreOnlyCounted) {
  EXPECT_EQ(refusal(parse_names("a\nb\nc\n", "a.names", 2)),
            "mismatch: a.names: 3 names, but the network has 2 classes");
  EXPECT_EQ(refusal(parse_names("a\n\n\nd\n", "a.names", 2)),
            "mismatch: a.names: 4 names, but the network has 2 classes");
  EXPECT_EQ(refusal(parse_names("a\nb\nc\n\xFF\n", "a.names", 2)),
            "malformed: a.names:4: is not UTF-8 text");
  EXPECT_THAT(parse_names("a\n\n\n", "a.names", 1).value(), ::testing::ElementsAre("a"));
}

TEST(Limits, FilesHaveASize) {
  const test::TemporaryFolder folder;
  std::vector<std::string> warnings;
  const auto cfg = folder.write("a.cfg", std::string(limits::kMaxCfgBytes + 1, '#'));
  EXPECT_THAT(refusal(read_cfg(cfg, {}, warnings)),
              HasSubstr("a.cfg: 1048577 bytes; at most 1048576 are read"));
  const auto names = folder.write("a.names", std::string(limits::kMaxNamesBytes + 1, '#'));
  EXPECT_THAT(refusal(read_names(names, 1)),
              HasSubstr("a.names: 16777217 bytes; at most 16777216 are read"));
}

}  // namespace
}  // namespace yolofleet::darknet
