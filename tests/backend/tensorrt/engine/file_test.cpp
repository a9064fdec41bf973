#include "backend/tensorrt/engine/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "backend/tensorrt/engine/cache.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ExportEngine : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / "export" /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    ASSERT_TRUE(EngineCache{folder_}.store(key_, engine_));
  }
  fs::path file() const { return folder_ / key_.file_name(); }
  fs::path to() const { return folder_ / "net.plan"; }

  /// Exporting to `to` fails with this message and changes nothing.
  void expect_refused(const fs::path& to, const std::string& why) const {
    const auto type = fs::symlink_status(to).type();
    const auto exported = export_engine(file(), to);
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(exported.error().message, to.string() + why);
    EXPECT_EQ(fs::symlink_status(to).type(), type);
    EXPECT_TRUE(read_file(file(), kEngineMagic)) << "the engine is still there";
  }

  fs::path folder_;
  EngineKey key_{"tiny", "network 1\ndevice 2\n"};
  std::vector<std::byte> engine_ = std::vector<std::byte>(10'000, std::byte{7});
};

TEST_F(ExportEngine, WritesItWithoutItsHeader) {
  const fs::path plain = folder_ / "plain" / "net.plan";
  for (const char* const when : {"new", "over a file"}) {
    ASSERT_TRUE(export_engine(file(), plain)) << when;
    EXPECT_EQ(base::read_bytes(plain, 1U << 20U).value(), engine_);
  }
  std::ofstream(folder_ / "in_the_way") << "a file";
  const auto refused = export_engine(file(), folder_ / "in_the_way" / "net.plan");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr("in_the_way: can't be made"));
}

TEST_F(ExportEngine, ReplacesNothingButFiles) {
  const std::string why = ": isn't a regular file; name a regular file or a new one";
  ASSERT_EQ(mkfifo(to().c_str(), 0600), 0);
  expect_refused(to(), why);
  fs::remove(to());
  fs::create_directory(to());
  expect_refused(to(), why);
  expect_refused("/dev/null", why);
}

TEST_F(ExportEngine, FollowsNoSymbolicLink) {
  const std::string why = ": is a symbolic link; name a regular file or a new one";
  for (const char* const target : {"nowhere", "/dev/null"}) {
    fs::remove(to());
    fs::create_symlink(target, to());
    expect_refused(to(), why);
  }
}

TEST_F(ExportEngine, DoesntReplaceTheEngineItself) {
  expect_refused(file(), ": is the engine itself; name another file");
  fs::create_hard_link(file(), to());
  expect_refused(to(), ": is the engine itself; name another file");
}

TEST_F(ExportEngine, WaitsForNoPipe) {
  const fs::path pipe = folder_ / "pipe.engine";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto exported = export_engine(pipe, to());
  ASSERT_FALSE(exported);
  EXPECT_EQ(exported.error().code, ErrorCode::kIo);
  EXPECT_EQ(exported.error().message, pipe.string() + ": can't be read: isn't a regular file");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
