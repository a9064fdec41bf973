#include "backend/tensorrt/engine_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class EngineCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
  }
  EngineCache cache() const { return EngineCache{folder_}; }
  fs::path file() const { return folder_ / key_.file_name(); }

  /// Changes the byte at `offset`, counted from the end where negative.
  void damage(std::ptrdiff_t offset) const {
    std::fstream stream(file(), std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(offset, offset < 0 ? std::ios::end : std::ios::beg);
    const int byte = stream.get();
    stream.seekp(offset, offset < 0 ? std::ios::end : std::ios::beg);
    stream.put(static_cast<char>(byte ^ 0x10));
  }
  std::string problem() const {
    std::string why;
    EXPECT_FALSE(cache().load(key_, &why));
    return why;
  }

  fs::path folder_;
  EngineKey key_{"tiny", "network 1\ndevice 2\n"};
  std::vector<std::byte> engine_ = std::vector<std::byte>(10'000, std::byte{7});
};

TEST_F(EngineCacheTest, GivesBackWhatWasStored) {
  ASSERT_TRUE(cache().store(key_, engine_));
  EXPECT_EQ(cache().load(key_), engine_);
  EXPECT_THAT(key_.file_name(), ::testing::MatchesRegex("tiny-[0-9a-f]+\\.engine"));
  EXPECT_EQ(std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{}), 1)
      << "nothing temporary is left";
}

TEST_F(EngineCacheTest, NothingThereIsNoProblem) {
  EXPECT_EQ(problem(), "");
}

TEST_F(EngineCacheTest, AnotherKeyIsAnotherFile) {
  ASSERT_TRUE(cache().store(key_, engine_));
  EngineKey other = key_;
  other.text += "batch 2\n";
  EXPECT_FALSE(cache().load(other));
}

TEST_F(EngineCacheTest, AFileOfAnotherKeyUnderThisNameIsRefused) {
  EngineKey other = key_;
  other.text += "batch 2\n";
  ASSERT_TRUE(cache().store(other, engine_));
  fs::rename(folder_ / other.file_name(), file());
  EXPECT_THAT(problem(), HasSubstr("was made for something else"));
}

TEST_F(EngineCacheTest, EveryDamagedByteIsSeen) {
  for (const std::ptrdiff_t offset : {0, 8, 12, 16, 24, 40, 45, 200, -1, -5000}) {
    ASSERT_TRUE(cache().store(key_, engine_));
    damage(offset);
    EXPECT_THAT(problem(), HasSubstr(file().string() + ": ")) << offset;
  }
}

TEST_F(EngineCacheTest, EachProblemIsNamed) {
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(0);
  EXPECT_THAT(problem(), HasSubstr("no engine file of yolofleet"));
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(8);
  EXPECT_THAT(problem(), HasSubstr("format 17, not 1"));
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(-1);
  EXPECT_THAT(problem(), HasSubstr("its checksum doesn't fit"));
}

TEST_F(EngineCacheTest, ATruncatedFileIsRefusedAtEveryLength) {
  ASSERT_TRUE(cache().store(key_, engine_));
  const auto whole = fs::file_size(file());
  for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{1}, std::uintmax_t{39},
                                    std::uintmax_t{40}, std::uintmax_t{50}, whole - 1}) {
    ASSERT_TRUE(cache().store(key_, engine_));
    fs::resize_file(file(), size);
    EXPECT_NE(problem(), "") << size;
  }
}

TEST_F(EngineCacheTest, AFolderThatCantBeMadeIsAnErrorWithItsName) {
  std::ofstream(folder_) << "a file where the folder would be";
  const auto stored = cache().store(key_, engine_);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ErrorCode::kIo);
  EXPECT_THAT(stored.error().message, HasSubstr(folder_.string() + ": can't be made"));
  EXPECT_FALSE(EngineCache::Lock::take(cache(), key_));
  fs::remove(folder_);
}

TEST_F(EngineCacheTest, ListsWhatIsThereAndWhatIsWrongWithIt) {
  ASSERT_TRUE(cache().store(key_, engine_));
  std::ofstream(folder_ / "broken.engine") << "?";
  std::ofstream(folder_ / "notes.txt") << "not ours";
  const auto entries = cache().list();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_THAT(entries[0].problem, HasSubstr("less than a header"));
  EXPECT_EQ(entries[1].key, key_.text);
  EXPECT_EQ(entries[1].problem, "");
  EXPECT_GT(entries[1].bytes, engine_.size());
}

TEST_F(EngineCacheTest, ClearLeavesOtherPeoplesFiles) {
  ASSERT_TRUE(cache().store(key_, engine_));
  ASSERT_TRUE(cache().store_timings(key_, engine_));
  ASSERT_TRUE(EngineCache::Lock::take(cache(), key_));
  std::ofstream(folder_ / "notes.txt") << "not ours";
  EXPECT_EQ(cache().clear().value(), 3);
  EXPECT_TRUE(fs::exists(folder_ / "notes.txt"));
  EXPECT_TRUE(cache().list().empty());
}

TEST_F(EngineCacheTest, TimingsComeBackAndMayBeMissing) {
  EXPECT_TRUE(cache().load_timings(key_).empty());
  ASSERT_TRUE(cache().store_timings(key_, engine_));
  EXPECT_EQ(cache().load_timings(key_), engine_);
}

TEST_F(EngineCacheTest, OneLockAtATime) {
  std::atomic<bool> second = false;
  std::thread waiting;
  {
    const auto lock = EngineCache::Lock::take(cache(), key_);
    ASSERT_TRUE(lock);
    waiting = std::thread([&] {
      EXPECT_TRUE(EngineCache::Lock::take(cache(), key_));
      second = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    EXPECT_FALSE(second);
  }
  waiting.join();
  EXPECT_TRUE(second);
}

TEST(EngineCacheFolder, FollowsTheUsersEnvironment) {
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "/some/cache", 1), 0);
  EXPECT_EQ(EngineCache::default_folder(), "/some/cache/yolofleet");
  ASSERT_EQ(unsetenv("XDG_CACHE_HOME"), 0);
  ASSERT_EQ(setenv("HOME", "/some/home", 1), 0);
  EXPECT_EQ(EngineCache::default_folder(), "/some/home/.cache/yolofleet");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
