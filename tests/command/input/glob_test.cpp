#include "input/glob.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

TEST(Glob, TheRootIsWhatHasNoWildcard) {
  EXPECT_EQ(Glob("*.jpg").root(), ".");
  EXPECT_EQ(Glob("a/b/*.jpg").root(), "a/b");
  EXPECT_EQ(Glob("/a/*/b.jpg").root(), "/a");
  EXPECT_EQ(Glob("../*/b").root(), "..");
}

TEST(Glob, AStarStaysWithinAName) {
  const Glob glob("in/*.jpg");
  EXPECT_TRUE(glob.matches("a.jpg"));
  EXPECT_FALSE(glob.matches("a.png"));
  EXPECT_FALSE(glob.matches("sub/a.jpg"));
  EXPECT_FALSE(glob.may_match_below("sub"));
}

TEST(Glob, KnowsQuestionMarksAndSets) {
  EXPECT_TRUE(Glob("a?.jpg").matches("a1.jpg"));
  EXPECT_FALSE(Glob("a?.jpg").matches("a12.jpg"));
  EXPECT_TRUE(Glob("a[0-3].jpg").matches("a2.jpg"));
  EXPECT_FALSE(Glob("a[0-3].jpg").matches("a4.jpg"));
}

TEST(Glob, AFolderMayHaveAWildcard) {
  const Glob glob("cam*/today/*.jpg");
  EXPECT_TRUE(glob.matches("cam1/today/a.jpg"));
  EXPECT_FALSE(glob.matches("cam1/a.jpg"));
  EXPECT_TRUE(glob.may_match_below("cam1"));
  EXPECT_TRUE(glob.may_match_below("cam1/today"));
  EXPECT_FALSE(glob.may_match_below("dog"));
  EXPECT_FALSE(glob.may_match_below("cam1/yesterday"));
  EXPECT_FALSE(glob.recursive());
}

TEST(Glob, TwoStarsStandForAnyFolders) {
  const Glob glob("in/**/*.jpg");
  EXPECT_TRUE(glob.recursive());
  EXPECT_TRUE(glob.matches("a.jpg")) << "none at all, too";
  EXPECT_TRUE(glob.matches("x/y/z/a.jpg"));
  EXPECT_FALSE(glob.matches("x/a.png"));
  EXPECT_TRUE(glob.may_match_below("x/y"));
  const Glob between("**/left/**/*.jpg");
  EXPECT_TRUE(between.matches("a/left/b/c.jpg"));
  EXPECT_TRUE(between.matches("left/c.jpg"));
  EXPECT_FALSE(between.matches("a/right/c.jpg"));
}

TEST(Glob, ALeadingDotMustBeWrittenOut) {
  EXPECT_FALSE(Glob("*.jpg").matches(".a.jpg"));
  EXPECT_TRUE(Glob(".*.jpg").matches(".a.jpg"));
  EXPECT_FALSE(Glob("**/*.jpg").matches(".git/a.jpg"));
}

TEST(HasWildcard, LooksForTheThree) {
  EXPECT_TRUE(has_wildcard("a*"));
  EXPECT_TRUE(has_wildcard("a?"));
  EXPECT_TRUE(has_wildcard("[a]"));
  EXPECT_FALSE(has_wildcard("a.jpg"));
}

}  // namespace
}  // namespace yolofleet::command
