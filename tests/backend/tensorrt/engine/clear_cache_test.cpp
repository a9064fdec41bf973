#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "backend/tensorrt/engine/cache.hpp"
#include "backend/tensorrt/nobody.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

class ClearCache : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / "clear" /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    ASSERT_TRUE(cache().store(key_, bytes_));
    ASSERT_TRUE(cache().store_timings(key_, bytes_));
    ASSERT_TRUE(EngineCache::Lock::take(cache(), key_));
  }
  EngineCache cache() const { return EngineCache{folder_}; }
  fs::path file(const std::string& ending) const {
    return folder_ / (fs::path{key_.file_name()}.stem().string() + ending);
  }
  static void write(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
  }
  static void make_old(const fs::path& file) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes{61});
  }
  std::ptrdiff_t left() const {
    return std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{});
  }

  fs::path folder_;
  EngineKey key_{"tiny", "network 1\ndevice 2\n"};
  std::vector<std::byte> bytes_ = std::vector<std::byte>(1'000, std::byte{7});
};

const std::string kHash = "0123456789abcdef0123456789abcdef";

TEST_F(ClearCache, RemovesEnginesTimingsAndLocks) {
  EXPECT_EQ(cache().clear().value(), 3);
  EXPECT_EQ(left(), 0);
}

TEST_F(ClearCache, LeavesFilesOfOtherNames) {
  const std::vector<std::string> others{"notes.txt", "yolov4.engine", "my-engine.engine.backup",
                                        "tiny-0123456789abcdef.engine",
                                        "tiny-" + kHash + ".lock.a1B2c3"};
  for (const std::string& other : others) {
    fs::copy_file(file(".engine"), folder_ / other);
  }
  EXPECT_EQ(cache().clear().value(), 3);
  for (const std::string& other : others) {
    EXPECT_TRUE(fs::exists(folder_ / other)) << other;
  }
}

TEST_F(ClearCache, LeavesForeignFilesWithNamesLikeOurs) {
  const fs::path engine = folder_ / ("resnet50-" + kHash + ".engine");
  const fs::path timing = folder_ / ("resnet50-" + kHash + ".timing");
  const fs::path lock = folder_ / ("resnet50-" + kHash + ".lock");
  const fs::path temporary = engine.string() + ".a1B2c3";
  for (const fs::path& foreign : {engine, timing, lock, temporary}) {
    write(foreign, "ptrt, not ours");
    make_old(foreign);
  }
  fs::copy_file(file(".engine"), folder_ / ("other-" + kHash + ".timing"));
  fs::create_directory(folder_ / ("folder-" + kHash + ".engine"));
  fs::create_directory(folder_ / ("folder-" + kHash + ".lock"));
  fs::create_symlink(file(".engine"), folder_ / ("link-" + kHash + ".engine"));
  fs::create_symlink(file(".lock"), folder_ / ("link-" + kHash + ".lock"));
  ASSERT_EQ(mkfifo((folder_ / ("pipe-" + kHash + ".engine")).c_str(), 0600), 0);
  EXPECT_EQ(cache().clear().value(), 3);
  EXPECT_EQ(left(), 10);
}

TEST_F(ClearCache, LeavesTheFilesOfARunningBuild) {
  const auto lock = EngineCache::Lock::take(cache(), key_);
  fs::copy_file(file(".engine"), file(".engine.a1B2c3"));
  make_old(file(".engine.a1B2c3"));
  ASSERT_TRUE(cache().store({"other", "other\n"}, bytes_));
  EXPECT_EQ(cache().clear().value(), 1);
  EXPECT_EQ(left(), 4);
}

TEST_F(ClearCache, RemovesTemporaryFilesOfDeadProcessesButNoYoungOnes) {
  write(file(".engine.Empty0"), "");
  write(file(".engine.CutOff"), "YFENG");
  fs::copy_file(file(".timing"), file(".timing.whole0"));
  EXPECT_EQ(cache().clear().value(), 3) << "they are young";
  EXPECT_EQ(left(), 3);
  for (const char* const ending : {".engine.Empty0", ".engine.CutOff", ".timing.whole0"}) {
    make_old(file(ending));
  }
  EXPECT_EQ(cache().clear().value(), 3);
  EXPECT_EQ(left(), 0);
}

TEST_F(ClearCache, GoesOnAfterAnUnreadableFile) {
  const fs::path secret = folder_ / ("a-" + kHash + ".engine");
  write(secret, "?");
  fs::permissions(secret, fs::perms::none);
  const fs::path lock = folder_ / ("b-" + kHash + ".lock");
  write(lock, "");
  fs::permissions(lock, fs::perms::none);
  fs::permissions(folder_, fs::perms::all);
  Result<int> cleared = 0;
  {
    const yolofleet::testing::Nobody nobody;
    cleared = cache().clear();
  }
  ASSERT_FALSE(cleared);
  EXPECT_EQ(cleared.error().code, ErrorCode::kIo);
  EXPECT_EQ(cleared.error().message, secret.string() + ": can't be read: Permission denied");
  EXPECT_EQ(left(), 2) << "all others are gone";
  fs::remove(secret);
  {
    const yolofleet::testing::Nobody nobody;
    cleared = cache().clear();
  }
  EXPECT_EQ(cleared.error().message, lock.string() + ": can't be read: Permission denied");
}

TEST_F(ClearCache, NamesAFileThatCantBeRemoved) {
  fs::permissions(folder_, static_cast<fs::perms>(0555));
  Result<int> cleared = 0;
  {
    const yolofleet::testing::Nobody nobody;
    cleared = cache().clear();
  }
  fs::permissions(folder_, static_cast<fs::perms>(0755));
  ASSERT_FALSE(cleared);
  EXPECT_EQ(cleared.error().code, ErrorCode::kIo);
  EXPECT_EQ(cleared.error().message,
            file(".engine").string() + ": can't be removed: Permission denied");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
