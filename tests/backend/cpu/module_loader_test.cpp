#include "backend/cpu/module_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace yolofleet::backend::cpu {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Error error_of(const std::vector<fs::path>& folders) {
  const auto module = load_module(folders, build_id());
  return module ? Error{} : module.error();
}

TEST(ModuleLoader, NamesThePlacesThatItLookedIn) {
  const Error error = error_of({"/nowhere/one", "/nowhere/two"});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("libyolofleet_openvino.so is in none of these folders: "
                                       "/nowhere/one, /nowhere/two"));
  EXPECT_THAT(error.message, HasSubstr("YOLOFLEET_MODULE_DIR"));
}

TEST(ModuleLoader, SaysWhatTheLinkerSaid) {
  const fs::path folder = fs::path(::testing::TempDir()) / "not_a_library";
  fs::create_directories(folder);
  std::ofstream(folder / kModuleFile) << "plain text, and long enough to hold an ELF header, "
                                         "were it one, which it is not";
  const Error error = error_of({folder});
  EXPECT_EQ(error.code, ErrorCode::kDevice);
  EXPECT_THAT(error.message, HasSubstr("the CPU module can't be loaded"));
  EXPECT_THAT(error.message, HasSubstr("not_a_library"));
  EXPECT_THAT(error.message, HasSubstr("invalid ELF header"));
}

TEST(ModuleLoader, RefusesALibraryThatIsNoModule) {
  const Error error = error_of({YOLOFLEET_FOREIGN_MODULE_DIR});
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_THAT(error.message, HasSubstr("isn't a CPU module of yolofleet"));
  EXPECT_THAT(error.message, HasSubstr("yolofleet_cpu_module"));
}

TEST(ModuleLoader, RefusesAModuleOfAnotherBuild) {
  const Error error = error_of({"/nowhere", YOLOFLEET_STALE_MODULE_DIR});
  EXPECT_EQ(error.code, ErrorCode::kMismatch);
  EXPECT_THAT(error.message, HasSubstr("was made by another build of yolofleet"));
  EXPECT_THAT(error.message, HasSubstr(std::string(build_id())));
}

TEST(ModuleLoader, TheFirstFolderThatHasItCounts) {
  const Error error = error_of({YOLOFLEET_FOREIGN_MODULE_DIR, YOLOFLEET_STALE_MODULE_DIR});
  EXPECT_THAT(error.message, HasSubstr("isn't a CPU module"));
}

}  // namespace
}  // namespace yolofleet::backend::cpu
