#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"
#include "eval/python.hpp"
#include "eval/subprocess.hpp"
#include "output/coco_ids.hpp"

namespace yolofleet::command {
namespace {

TEST(CategoryIds, ByTheCategoriesNames) {
  const std::vector<Category> categories{{3, "motorcycle"}, {5, "cup"}};
  const std::vector<std::string> names{"cup", "motorbike", "person"};
  const auto ids = CategoryIds::for_categories(names, categories).value();
  EXPECT_EQ(ids[0], 5);
  EXPECT_EQ(ids[1], 3) << "as Darknet spells it";
  EXPECT_FALSE(ids.has(2));
}

TEST(CategoryIds, NoneThatIsCalledAsAClassIsRefused) {
  const std::vector<std::string> names{"0", "1"};
  const auto ids = CategoryIds::for_categories(names, std::vector<Category>{{1, "person"}});
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, ErrorCode::kMismatch);
  EXPECT_EQ(
      ids.error().message,
      "no category has the name of a class of the model: the first category is \"person\"; the "
      "first class is \"0\"");
}

TEST(RunProcess, GivesWhatWasWrittenAndTheExitCode) {
  const auto end = run_process({"sh", "-c", "cat; echo wrong >&2; exit 3"}, "in").value();
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_EQ(end.output, "in");
  EXPECT_EQ(end.errors, "wrong\n");
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"}, "").value().exit_code, 137);
}

TEST(RunProcess, ALotGoesInAndOut) {
  const std::string much(3'000'000, 'x');
  EXPECT_EQ(run_process({"cat"}, much).value().output, much);
}

TEST(RunProcess, AProgramThatIsntThere) {
  const auto end = run_process({"/nowhere/program"}, "");
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().message, "/nowhere/program: can't be started: No such file or directory");
}

TEST(RunProcess, IsKilledOnceItShallStop) {
  bool stops = false;
  const auto shall_stop = [&stops] { return stops; };
  EXPECT_EQ(run_process({"sh", "-c", "exit 4"}, "", shall_stop).value().exit_code, 4);
  stops = true;
  const auto end = run_process({"sleep", "60"}, "", shall_stop);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(end.error().message, "sleep: was stopped");
}

TEST(PythonOfClone, IsThatOfTheFolderThatTheBuildIsIn) {
  TemporaryFolder folder;
  folder.enter();
  const auto here = std::filesystem::current_path();
  const auto program = here / "build/release/bin/yolofleet";
  EXPECT_TRUE(python_of_clone(program).empty());
  std::filesystem::create_directories(here / ".venv/bin");
  folder.write(".venv/bin/python", "");
  EXPECT_TRUE(python_of_clone(program).empty()) << "somebody else's .venv";
  folder.write("CMakePresets.json", "{}");
  EXPECT_EQ(python_of_clone(program), here / ".venv/bin/python");
  EXPECT_TRUE(python_of_clone("/usr/bin/yolofleet").empty());
}

}  // namespace
}  // namespace yolofleet::command
