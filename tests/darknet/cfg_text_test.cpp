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

TEST(CfgText, LinesThatMeanNothingAreLeftOutWithAWarning) {
  const std::string ignored = " is neither [section] nor key=value; ignored, as in Darknet";
  const auto parsed = parse("[net]\n\nwidth 416\n=5\nbatch=1\nbatch\n[yolo]\nfocal_loss\n\x1A");
  const auto sections = parsed.sections.value();
  ASSERT_EQ(sections.size(), 2U);
  ASSERT_EQ(sections[0].options.size(), 1U);
  EXPECT_EQ(sections[0].options[0].value, "1");
  EXPECT_THAT(sections[1].options, IsEmpty());
  EXPECT_THAT(parsed.warnings,
              ElementsAre("a.cfg:3: width416" + ignored, "a.cfg:4: =5" + ignored,
                          "a.cfg:6: batch" + ignored, "a.cfg:8: focal_loss" + ignored,
                          "a.cfg:9: the character ^Z" + ignored));
}

TEST(CfgText, AKeyWithoutAValueBeforeOneWithAValueIsRefused) {
  EXPECT_EQ(refusal(parse("[net]\n[conv]\nfilters\n\nfilters=8\n").sections),
            "malformed: a.cfg:5: [conv] filters=8: Darknet would take the default, because line 3 "
            "has the key without a value; remove one of the two lines");
  EXPECT_EQ(refusal(parse("[net]\nwidth\n[conv]\nwidth=8\n").sections), "accepted");
}

TEST(CfgText, ALineThatMayBeALostSectionIsRefused) {
  for (const std::string line : {"x[yolo]", "yolo]", "\x1A[yolo]"}) {
    EXPECT_EQ(refusal(parse("[net]\n" + line + "\n").sections),
              "malformed: a.cfg:2: " + shown(line) + " is neither [section] nor key=value");
  }
}

TEST(CfgText, ANoBreakSpaceIsABlank) {
  const auto warning = [](const std::string& line) {
    return "a.cfg:" + line + ": a no-break space is taken for a blank";
  };
  const auto parsed = parse(
      "[net]\nwidth\xC2\xA0=\xE2\x80\xAF 416\n\xC2\xA0\n\xC2\xA0# \xA0\nheight=\xA0"
      "32 # \xC2\xA0\n[\xEF\xBB\xBFyolo]\n");
  const auto sections = parsed.sections.value();
  EXPECT_EQ(sections[0].find("width")->value, "416");
  EXPECT_EQ(sections[0].find("height")->value, "32");
  EXPECT_EQ(sections[1].name, "yolo");
  EXPECT_THAT(parsed.warnings, ElementsAre(warning("2: width =  416"), warning("5: height= 32 #"),
                                           warning("6: [ yolo]")));
  // A byte of another character is none.
  EXPECT_EQ(value("[net]\na=\xC3\xA0\n", "a"), "\xC3\xA0");
  EXPECT_THAT(parse("[net]\n#\xC2\xA0\na=1 #\xC2\xA0\n").warnings, IsEmpty());
}

TEST(CfgText, BlanksInsideANumberAreLeftOutWithAWarning) {
  const auto parsed = parse(
      "[net]\nfilters = 25 5 # 25 5\nacti vation=le\taky\nmask = 0, 1,\t2\nlayers = -1 -2\n"
      "a = 1 (x) ; 1 2\n# 1 2 = 3 4\nb=.5 .5\n");
  const CfgSection section = parsed.sections.value().front();
  EXPECT_EQ(section.find("filters")->value, "255");
  EXPECT_EQ(section.find("activation")->value, "leaky");
  EXPECT_THAT(
      parsed.warnings,
      ElementsAre(
          "a.cfg:2: filters = 25 5: filters=255 is taken: blanks are left out, as in Darknet",
          "a.cfg:8: b=.5 .5: b=.5.5 is taken: blanks are left out, as in Darknet"));
}

TEST(CfgText, RefusesANoBreakSpaceInsideANumber) {
  for (const std::string space : {"\xC2\xA0", " \xE2\x80\xAF", "\xA0"}) {
    EXPECT_THAT(refusal(parse("[net]\nfilters=25" + space + "5\n").sections),
                ::testing::EndsWith("5: has a no-break space inside a number, which Darknet "
                                    "would end there; remove the space"));
  }
}

TEST(CfgText, CarriageReturnsAloneEndLines) {
  const auto sections = parse("# a\r[net]\rwidth=416\r\r[yolo]\r").sections.value();
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0].find("width")->value, "416");
  EXPECT_EQ(sections[0].find("width")->line, 3);
  EXPECT_EQ(sections[1].line, 5);
}

TEST(CfgText, RefusesLinesThatMeanNothingBeforeTheFirstSection) {
  EXPECT_EQ(refusal(parse("width 416\n[net]\n").sections),
            "malformed: a.cfg:1: width416 is neither [section] nor key=value");
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

  std::string words = "[net]\n";
  for (std::size_t i = 0; i < graph::limits::kMaxOptions; ++i) {
    words += fmt::format("w{}\n", i);
  }
  EXPECT_EQ(refusal(parse(words).sections), "accepted");
  EXPECT_EQ(refusal(parse(words + "more\n").sections),
            "too_large: a.cfg:258: more than 256 lines without \"=\" in [net]");
}

TEST(Shown, IsShortAndPrintable) {
  EXPECT_EQ(shown("plain text"), "plain text");
  EXPECT_EQ(shown("a\x1B[31m\xC3\xA9\n"), "a?[31m???");
  EXPECT_EQ(shown(std::string(100, 'x')), std::string(60, 'x') + "...");
}

}  // namespace
}  // namespace yolofleet::darknet
