#include "darknet/names.hpp"

#include <gmock/gmock.h>

#include "darknet/support.hpp"

namespace yolofleet::darknet {
namespace {

using test::refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names(std::string_view text, int classes) {
  return parse_names(text, "a.names", classes).value();
}

TEST(Names, AreOneALine) {
  EXPECT_THAT(names("person\ntraffic light\ncar", 3),
              ElementsAre("person", "traffic light", "car"));
  EXPECT_THAT(names("\xE7\x8C\xAB\n\xF0\x9F\x90\x88\n\xC3\xA9\n", 3),
              ElementsAre("\xE7\x8C\xAB", "\xF0\x9F\x90\x88", "\xC3\xA9"));
}

TEST(Names, DontMindHowLinesEndOrBegin) {
  EXPECT_THAT(names("a\r\n\tb \r\n", 2), ElementsAre("a", "b"));
  EXPECT_THAT(names("\xEF\xBB\xBF"
                    "a\nb",
                    2),
              ElementsAre("a", "b"));
}

TEST(Names, BlankLinesAtTheEndDontCount) {
  EXPECT_THAT(names("a\nb\n\n \r\n\t\n", 2), ElementsAre("a", "b"));
}

TEST(Names, ABlankLineBeforeANameIsAClass) {
  EXPECT_THAT(names("a\n\nc\n", 3), ElementsAre("a", "1", "c"));
}

TEST(Names, MayEndWithDosEndMarkOrInCarriageReturnsAlone) {
  EXPECT_THAT(names("a\r\nb\r\n\x1A", 2), ElementsAre("a", "b"));
  EXPECT_THAT(names("a\nb\x1A", 2), ElementsAre("a", "b"));
  EXPECT_THAT(names("a\rb c\r", 2), ElementsAre("a", "b c"));
}

TEST(Names, MustBeAsManyAsTheClasses) {
  EXPECT_EQ(refusal(parse_names("a\nb\n\n", "a.names", 3)),
            "mismatch: a.names: 2 names, but the network has 3 classes");
  EXPECT_EQ(refusal(parse_names("a\nb\nc\nd", "a.names", 3)),
            "mismatch: a.names: 4 names, but the network has 3 classes");
  EXPECT_EQ(refusal(parse_names("", "a.names", 3)),
            "mismatch: a.names: 0 names, but the network has 3 classes");
}

TEST(Names, MustBeText) {
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {"\xFF\xFE"sv, "\x80"sv, "\xC3"sv, "\xC3("sv, "\xC0\xAF"sv, "\xE0\x80\xAF"sv,
        "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xF8\x88\x80\x80\x80"sv, "\xE7\x8C"sv,
        "\xF0\x80\x80\xAF"sv, "a\0b"sv}) {
    EXPECT_EQ(refusal(parse_names("a\n" + std::string{bad} + "\n", "a.names", 2)),
              "malformed: a.names:2: is not UTF-8 text");
  }
}

TEST(Names, CanBeReadFromAFile) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("b.names", "a\nb\n");
  EXPECT_THAT(read_names(file, 2).value(), ElementsAre("a", "b"));
  EXPECT_EQ(refusal(read_names(file, 80)),
            "mismatch: " + file.string() + ": 2 names, but the network has 80 classes");
  const auto page = folder.write("p.names", "<html>");
  EXPECT_EQ(refusal(read_names(page, 1)),
            "malformed: " + page.string() +
                ": is an HTML page, perhaps saved in place of a download; a names file is needed");
  const auto cfg = folder.write("x.cfg", "[net]\nwidth=4\n");
  EXPECT_EQ(refusal(read_names(cfg, 1)),
            "malformed: " + cfg.string() + ": is a cfg file; a names file is needed");
  const auto data = folder.write("x.data", "classes=2\nnames=b.names\nvalid=v\n");
  EXPECT_EQ(refusal(read_names(data, 1)),
            "malformed: " + data.string() + ": is a Darknet .data file; a names file is needed");
  EXPECT_THAT(read_names(cfg, 2).value(), ElementsAre("[net]", "width=4")) << "the right number";
  EXPECT_THAT(refusal(read_names(folder.path() / "no.names", 2)), HasSubstr("not_found: "));
  EXPECT_THAT(refusal(read_names(folder.write("l", std::string((1U << 24U) + 1, '\n')), 2)),
              HasSubstr("too_large: "));
}

}  // namespace
}  // namespace yolofleet::darknet
