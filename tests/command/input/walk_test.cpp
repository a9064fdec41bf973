#include "input/walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

FolderWalk walk_through(const fs::path& root, const fs::path& excluded = {}) {
  const auto all = [](const fs::path&) { return true; };
  return FolderWalk(root, all, all, excluded);
}

std::vector<std::string> rest(FolderWalk& walk) {
  std::vector<std::string> names;
  while (const auto found = walk.next()) {
    names.push_back(found->relative.string());
  }
  return names;
}

TEST(FolderWalk, GoesInTheOrderOfThePathsBytes) {
  const TemporaryFolder folder;
  for (const char* name :
       {"b.jpg", "a/2.jpg", "a/10.jpg", "a.jpg", "a-b/1.jpg", "B.jpg", "a0.jpg"}) {
    folder.write(name);
  }
  auto walk = walk_through(folder.path());
  EXPECT_THAT(rest(walk),
              ElementsAre("B.jpg", "a-b/1.jpg", "a.jpg", "a/10.jpg", "a/2.jpg", "a0.jpg", "b.jpg"));
}

TEST(FolderWalk, StartsAgain) {
  const TemporaryFolder folder;
  folder.write("a/1");
  folder.write("b");
  auto walk = walk_through(folder.path());
  walk.next();
  walk.rewind();
  EXPECT_THAT(rest(walk), ElementsAre("a/1", "b"));
  EXPECT_THAT(rest(walk), IsEmpty());
}

TEST(FolderWalk, PathsBeginWithTheRootAsItWasGiven) {
  const TemporaryFolder folder;
  folder.write("sub/a");
  folder.enter();
  auto walk = walk_through("sub");
  EXPECT_EQ(walk.next()->path, "sub/a");
}

TEST(FolderWalk, FollowsLinksAndEndsInALoop) {
  const TemporaryFolder folder;
  folder.write("a/1");
  folder.write("real");
  fs::create_directory_symlink("..", folder.path() / "a/up");
  fs::create_directory_symlink("a", folder.path() / "b");
  fs::create_symlink("real", folder.path() / "link");
  auto walk = walk_through(folder.path());
  EXPECT_THAT(rest(walk), ElementsAre("a/1", "link", "real")) << "b is a, which was read";
}

TEST(FolderWalk, ALinkThatLeadsNowhereIsGivenAndAPipeIsNot) {
  const TemporaryFolder folder;
  fs::create_symlink("nothing", folder.path() / "broken.jpg");
  fs::create_symlink("self.jpg", folder.path() / "self.jpg");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.jpg").c_str(), 0600), 0);
  auto walk = walk_through(folder.path());
  EXPECT_THAT(rest(walk), ElementsAre("broken.jpg", "self.jpg"));
}

TEST(FolderWalk, LeavesOutTheExcludedFolder) {
  const TemporaryFolder folder;
  folder.write("a/1");
  folder.write("out/a/1");
  auto walk = walk_through(folder.path(), folder.path() / "out");
  EXPECT_THAT(rest(walk), ElementsAre("a/1"));
  walk.rewind();
  EXPECT_THAT(rest(walk), ElementsAre("a/1"));
}

TEST(FolderWalk, AFolderThatIsGoneGivesItsError) {
  const TemporaryFolder folder;
  auto walk = walk_through(folder.path() / "gone");
  const auto found = walk.next();
  ASSERT_TRUE(found && found->error);
  EXPECT_EQ(found->error->code, ErrorCode::kIo);
  EXPECT_THAT(found->error->message, HasSubstr("gone: the folder can't be read: No such file"));
  EXPECT_FALSE(walk.next());
}

}  // namespace
}  // namespace yolofleet::command
