#include "shared/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace yolofleet::command {
namespace {

TEST(Printable, KeepsUtf8OfEveryLength) {
  EXPECT_EQ(printable("a\u00E9\u65E5\U0001F600"), "a\u00E9\u65E5\U0001F600");
}

TEST(Printable, NoNameCanSteerTheTerminal) {
  EXPECT_EQ(printable("\x1B[2Ja\nb\x7F\u009B"), "?[2Ja?b??");
}

TEST(Printable, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(printable("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(printable("\xE6\x97"), "\uFFFD\uFFFD") << "cut off";
  EXPECT_EQ(printable("\xC0\xAF"), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(printable("\xE0\x80\xAF"), "\uFFFD\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "over U+10FFFF";
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("caf\u00E9"), 4U);
  EXPECT_EQ(display_width("cafe\u0301"), 4U) << "a combining mark takes none";
  EXPECT_EQ(display_width("\u65E5\u672C"), 4U);
  EXPECT_EQ(display_width("\U0001F600"), 2U);
}

TEST(PadRight, FillsWithBlanksAndNeverCuts) {
  EXPECT_EQ(pad_right("ab", 4), "ab  ");
  EXPECT_EQ(pad_right("\u65E5", 4), "\u65E5  ");
  EXPECT_EQ(pad_right("abcde", 4), "abcde");
}

TEST(JsonString, EscapesAndReplaces) {
  EXPECT_EQ(json_string("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(json_string("caf\u00E9"), "\"caf\u00E9\"");
  EXPECT_EQ(json_string("a\xFF.jpg"), "\"a\uFFFD.jpg\"");
}

TEST(JsonNumber, IsTheShortestThatGivesTheFloatBack) {
  EXPECT_EQ(json_number(0.3F), "0.3");
  EXPECT_EQ(json_number(0.1F + 0.2F), "0.3");
  EXPECT_EQ(json_number(12.0F), "12");
  EXPECT_EQ(json_number(-1.5F), "-1.5");
  EXPECT_EQ(json_number(1e-7F), "1e-07");
}

TEST(Shortened, IsAtMostSoLongAndPrintable) {
  EXPECT_EQ(shortened(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(shortened(std::string(61, 'x')), std::string(60, 'x') + "...");
  EXPECT_EQ(shortened("a\nbc", 3), "a?b...");
  EXPECT_EQ(shortened("\u00E9\u00E9", 3), "\u00E9\uFFFD...") << "cut within a character";
}

TEST(JsonNumber, WhatIsNotFiniteIsNull) {
  EXPECT_EQ(json_number(std::numeric_limits<float>::infinity()), "null");
  EXPECT_EQ(json_number(std::numeric_limits<float>::quiet_NaN()), "null");
}

}  // namespace
}  // namespace yolofleet::command
