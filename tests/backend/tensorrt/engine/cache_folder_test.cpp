// The default folder of the engine cache, and the locks in a cache.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backend/tensorrt/engine/cache.hpp"
#include "backend/tensorrt/nobody.hpp"
#include "backend/tensorrt/opening.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

class EngineLock : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / "lock" /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
  }
  EngineCache cache() const { return EngineCache{folder_}; }

  fs::path folder_;
  EngineKey key_{"tiny", "network 1\ndevice 2\n"};
};

TEST_F(EngineLock, OneLockAtATime) {
  std::atomic<bool> second = false;
  std::atomic<bool> told = false;
  std::thread waiting;
  {
    const auto lock = EngineCache::Lock::take(cache(), key_);
    ASSERT_TRUE(lock);
    waiting = std::thread([&] {
      EXPECT_TRUE(EngineCache::Lock::take(cache(), key_, [&] { told = true; }));
      second = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    EXPECT_FALSE(second);
  }
  waiting.join();
  EXPECT_TRUE(second);
  EXPECT_TRUE(told);
}

TEST_F(EngineLock, OnWaitIsntCalledForAFreeLock) {
  bool told = false;
  EXPECT_TRUE(EngineCache::Lock::take(cache(), key_, [&] { told = true; }));
  EXPECT_FALSE(told);
}

TEST_F(EngineLock, AWaiterForARemovedLockTakesTheNewOne) {
  const auto lock_file = folder_ / fs::path{key_.file_name()}.replace_extension(".lock");
  std::atomic<int> held = 0;
  std::atomic<bool> waits = false;
  auto first = std::optional{EngineCache::Lock::take(cache(), key_).value()};
  std::thread waiting([&] {
    const auto lock = EngineCache::Lock::take(cache(), key_, [&] { waits = true; });
    EXPECT_TRUE(lock);
    EXPECT_EQ(held, 0) << "two have the lock";
  });
  while (!waits) {
    std::this_thread::yield();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{30});  // until it waits in flock
  fs::remove(lock_file);
  auto second = std::optional{EngineCache::Lock::take(cache(), key_).value()};
  held = 1;
  first.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  held = 0;
  second.reset();
  waiting.join();
}

TEST_F(EngineLock, AnotherUsersFileCanBeLockedButNoPipe) {
  const fs::path lock = folder_ / fs::path{key_.file_name()}.replace_extension(".lock");
  const mode_t before = umask(022);
  EXPECT_TRUE(EngineCache::Lock::take(cache(), key_));
  umask(before);
  EXPECT_EQ(fs::status(lock).permissions(), static_cast<fs::perms>(0644));
  fs::permissions(folder_, fs::perms::all);
  fs::permissions(lock, static_cast<fs::perms>(0444));
  {
    const yolofleet::testing::Nobody nobody;  // may read it and not write it
    EXPECT_TRUE(EngineCache::Lock::take(cache(), key_));
  }
  fs::remove(lock);
  ASSERT_EQ(mkfifo(lock.c_str(), 0600), 0);
  const auto taken = EngineCache::Lock::take(cache(), key_);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message, lock.string() + ": can't be made: isn't a regular file");
}

class EngineCacheFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(temporary_);
    fs::create_directories(temporary_);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    setenv("TMPDIR", temporary_.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("TMPDIR");
    fs::remove_all(temporary_);
  }
  std::string refusal() const {
    const auto folder = EngineCache::default_folder();
    if (folder) {
      return "taken: " + folder->string();
    }
    EXPECT_EQ(folder.error().code, ErrorCode::kIo);
    return folder.error().message;
  }

  fs::path temporary_ = fs::path{::testing::TempDir()} / "temporary_for_engines" /
                        ::testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::path ours_ = temporary_ / ("yolofleet-" + std::to_string(geteuid()));
  std::string not_ours_ = ours_.string() +
                          ": must be a folder that only this user can write to; built engines go "
                          "there because neither XDG_CACHE_HOME nor HOME is set";
};

TEST_F(EngineCacheFolder, FollowsTheUsersEnvironment) {
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "/some/cache", 1), 0);
  EXPECT_EQ(EngineCache::default_folder().value(), "/some/cache/yolofleet");
  ASSERT_EQ(unsetenv("XDG_CACHE_HOME"), 0);
  ASSERT_EQ(setenv("HOME", "/some/home", 1), 0);
  EXPECT_EQ(EngineCache::default_folder().value(), "/some/home/.cache/yolofleet");
}

TEST_F(EngineCacheFolder, AnUnusableOneIsAWarningWhereEnginesNeedntBeKept) {
  std::ofstream{ours_} << "a file where the folder would be";
  std::vector<std::string> warnings;
  Options options;
  warn_of_missing_cache(cache_of(options), warnings);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0], not_ours_ + "; the engine isn't kept");
  options.engine_cache = temporary_.string();
  const auto found = cache_of(options);
  EXPECT_EQ(found.value()->folder(), temporary_);
  warn_of_missing_cache(found, warnings);
  options.use_engine_cache = false;
  const auto none = cache_of(options);
  EXPECT_FALSE(none.value());
  warn_of_missing_cache(none, warnings);
  EXPECT_EQ(warnings.size(), 1U);
}

TEST_F(EngineCacheFolder, WithoutAHomeItIsOneThatOnlyThisUserCanWrite) {
  EXPECT_EQ(EngineCache::default_folder().value(), ours_);
  EXPECT_EQ(fs::status(ours_).permissions(), static_cast<fs::perms>(0700));
  EXPECT_EQ(EngineCache::default_folder().value(), ours_) << "it is there";
}

TEST_F(EngineCacheFolder, OneThatOthersCanWriteIsRefused) {
  fs::create_directory(ours_);
  for (const int mode : {0720, 0702}) {
    fs::permissions(ours_, static_cast<fs::perms>(mode));
    EXPECT_EQ(refusal(), not_ours_);
  }
  fs::remove(ours_);
  fs::create_directory_symlink("/", ours_);
  EXPECT_EQ(refusal(), not_ours_);
  fs::remove(ours_);
  std::ofstream{ours_} << "a file";
  EXPECT_EQ(refusal(), not_ours_);
}

TEST_F(EngineCacheFolder, AMissingTemporaryFolderIsAnError) {
  fs::remove_all(temporary_);
  EXPECT_EQ(refusal(), ours_.string() +
                           ": can't be made: No such file or directory; built engines go there "
                           "because neither XDG_CACHE_HOME nor HOME is set");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
