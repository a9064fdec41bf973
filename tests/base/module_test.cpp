#include "base/module.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace yolofleet::base {
namespace {

namespace fs = std::filesystem;

TEST(ModuleFolders, TheEnvironmentComesFirst) {
  ASSERT_EQ(setenv("YOLOFLEET_MODULE_DIR", "/chosen", 1), 0);
  const auto chosen = module_folders();
  ASSERT_EQ(setenv("YOLOFLEET_MODULE_DIR", "", 1), 0);
  const auto empty = module_folders();
  ASSERT_EQ(unsetenv("YOLOFLEET_MODULE_DIR"), 0);
  const auto usual = module_folders();
  ASSERT_EQ(chosen.size(), 5U);
  EXPECT_EQ(chosen.front(), "/chosen");
  EXPECT_EQ(empty, usual);
  EXPECT_EQ(std::vector<fs::path>(chosen.begin() + 1, chosen.end()), usual);
}

TEST(ModuleFolders, AreRelativeToWhereThisCodeLies) {
  const fs::path own = fs::read_symlink("/proc/self/exe").parent_path();
  EXPECT_THAT(module_folders(), ::testing::ElementsAre(own, own / "yolofleet",
                                                       own.parent_path() / "lib" / "yolofleet",
                                                       own.parent_path() / "lib"));
}

}  // namespace
}  // namespace yolofleet::base
