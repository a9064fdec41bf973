#include "shared/shell_words.hpp"

#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

TEST(ShellQuoted, LeavesPlainWords) {
  for (const char* word :
       {"a.jpg", "--cfg", "data/obj-1_2.data", "@list.txt", "cuda:0,cpu", "%06d"}) {
    EXPECT_EQ(shell_quoted(word), word);
  }
}

TEST(ShellQuoted, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("two words"), "'two words'");
  EXPECT_EQ(shell_quoted("$HOME;*"), "'$HOME;*'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted("\u65E5.jpg"), "'\u65E5.jpg'");
}

TEST(ShellQuoted, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(shell_quoted("a\nb\\'"), "$'a\\012b\\\\\\''");
  EXPECT_EQ(shell_quoted("\x1B[2J"), "$'\\033[2J'");
  EXPECT_EQ(shell_quoted("\xFF"), "$'\\377'");
}

TEST(ShellLine, JoinsByBlanks) {
  EXPECT_EQ(shell_line({"a", "b c", "d"}), "a 'b c' d");
}

}  // namespace
}  // namespace yolofleet::command
