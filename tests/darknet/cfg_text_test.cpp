#include "darknet/cfg_text.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "darknet/support.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using test::refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Parsed {
  Result<std::vector<CfgSection>> sections;
  std::vector<std::string> warnings;
};

Parsed parse(std::string_view text) {
  std::vector<std::string> warnings;
  auto sections = parse_cfg(text, "a.cfg", warnings);
  return {std::move(sections), std::move(warnings)};
}

/// The value of `key` in the first section of a text that must parse.
std::string value(std::string_view text, std::string_view key) {
  const auto sections = parse(text).sections.value();
  const CfgOption* const option = sections.front().find(key);
  return option == nullptr ? "(missing)" : option->value;
}

TEST(CfgText, SectionsAndOptionsKnowTheirLines) {
  const auto sections = parse("# a\n\n[net]\nwidth=1\n\n[route]\nlayers=2\n").sections.value();
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].name, "net");
  EXPECT_EQ(sections[0].line, 3);
  EXPECT_EQ(sections[0].options[0].line, 4);
  EXPECT_EQ(sections[1].name, "route");
  EXPECT_EQ(sections[1].line, 6);
  EXPECT_EQ(sections[1].options[0].line, 7);
}

TEST(CfgText, AllBlanksInsideALineGo) {
  EXPECT_EQ(value("[ n e t ]\n  a n c h o r s \t=\t 1 0, 1 4 ,  2\r\n", "anchors"), "10,14,2");
  EXPECT_EQ(parse("[ n\te t ] \r\n").sections.value()[0].name, "net");
}

TEST(CfgText, WorksWithoutAFinalNewlineAndWithCarriageReturns) {
  EXPECT_EQ(value("[net]\r\nwidth=416\r\nheight=320", "height"), "320");
  EXPECT_EQ(value("[net]\r\nwidth=416\r\nheight=320", "width"), "416");
}

TEST(CfgText, CommentsAreLinesThatStartWithHashOrSemicolon) {
  EXPECT_EQ(value("[net]\n#width=1\n ;width=2\n\t# width=3\nwidth=4\n", "width"), "4");
}

TEST(CfgText, TextBehindAValueIsDropped) {
  EXPECT_EQ(value("[net]\nfilters=32 #comment\n", "filters"), "32");
  EXPECT_EQ(value("[net]\nsize=3;x\n", "size"), "3");
  EXPECT_EQ(value("[net]\nmask = 0,1,2 ; the large ones # all\n", "mask"), "0,1,2");
  EXPECT_EQ(value("[net]\nactivation=leaky \n", "activation"), "leaky");
  EXPECT_EQ(parse("[net] # comment\n").sections.value()[0].name, "net");
}

TEST(CfgText, AValueMayBeEmptyOrHoldAnEqualsSign) {
  EXPECT_EQ(value("[net]\nsteps=\n", "steps"), "");
  EXPECT_EQ(value("[net]\nsteps=#1\n", "steps"), "");
  EXPECT_EQ(value("[net]\na=b=c\n", "a"), "b=c");
}

TEST(CfgText, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(value("\xEF\xBB\xBF[net]\nwidth=4\n", "width"), "4");
}

TEST(CfgText, TheFirstOfEqualKeysWinsWithAWarning) {
  const std::string_view text = "[net]\nbatch=1\nbatch = 64\n[route]\nbatch=2\n";
  EXPECT_EQ(value(text, "batch"), "1");
  EXPECT_THAT(parse(text).warnings,
              ElementsAre("a.cfg:3: [net] batch=64: ignored, the batch=1 of line 2 counts"));
  EXPECT_THAT(parse("[net]\nbatch=1\n#batch=64\n").warnings, IsEmpty());
}

TEST(CfgText, RefusesWhatIsNoCfg) {
  EXPECT_EQ(refusal(parse("").sections),
            "malformed: a.cfg: has no section: this is not a cfg file");
  EXPECT_EQ(refusal(parse("# only\n\n;comments\n").sections),
            "malformed: a.cfg: has no section: this is not a cfg file");
  EXPECT_EQ(refusal(parse(std::string_view{"[net]\nwi\0dth=4\n", 15}).sections),
            "malformed: a.cfg:2: holds a zero byte: this is not a cfg file");
  EXPECT_EQ(refusal(parse("\xFF\xD8\xFF\xE0\n").sections),
            "malformed: a.cfg:1: ???? is neither [section] nor key=value");
}

TEST(CfgText, RefusesLinesThatMeanNothing) {
  EXPECT_EQ(refusal(parse("[net]\n\nwidth 416\n").sections),
            "malformed: a.cfg:3: width416 is neither [section] nor key=value");
  EXPECT_EQ(refusal(parse("[net]\n=416\n").sections),
            "malformed: a.cfg:2: =416 is neither [section] nor key=value");
  EXPECT_EQ(refusal(parse("width=416\n[net]\n").sections),
            "malformed: a.cfg:1: width=416 stands before the first section, [net]");
  for (const std::string_view line : {"[net", "[]", "[net]width=4", "[[net]]", "[#net]"}) {
    EXPECT_EQ(refusal(parse(line).sections), "malformed: a.cfg:1: " + std::string{line} +
                                                 " is not a section; one is written [name]");
  }
}

TEST(CfgText, KeepsToItsLimits) {
  std::string text = "[net]\n";
  for (std::size_t i = 0; i < graph::limits::kMaxOptions; ++i) {
    text += fmt::format("k{}=1\n", i);
  }
  EXPECT_EQ(refusal(parse(text).sections), "accepted");
  EXPECT_EQ(refusal(parse(text + "more=1\n").sections),
            "too_large: a.cfg:258: more than 256 keys in [net]");

  std::string layers = "[net]\n";
  for (int i = 0; i < graph::limits::kMaxLayers; ++i) {
    layers += "[route]\n";
  }
  EXPECT_EQ(refusal(parse(layers).sections), "accepted");
  EXPECT_EQ(refusal(parse(layers + "[route]\n").sections),
            "too_large: a.cfg:4098: more than 4096 layers");
}

TEST(Shown, IsShortAndPrintable) {
  EXPECT_EQ(shown("plain text"), "plain text");
  EXPECT_EQ(shown("a\x1B[31m\xC3\xA9\n"), "a?[31m???");
  EXPECT_EQ(shown(std::string(100, 'x')), std::string(60, 'x') + "...");
}

}  // namespace
}  // namespace yolofleet::darknet
