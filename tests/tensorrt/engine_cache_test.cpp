#include "backend/tensorrt/engine_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "backend/tensorrt/engine_file.hpp"
#include "base/files.hpp"

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
  const auto entries = cache().list().value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_THAT(entries[0].problem, HasSubstr("less than a header"));
  EXPECT_EQ(entries[0].bytes, 1U);
  EXPECT_EQ(entries[1].key.model, key_.model);
  EXPECT_EQ(entries[1].key.text, key_.text);
  EXPECT_EQ(entries[1].problem, "");
  EXPECT_EQ(entries[1].bytes, fs::file_size(file()));
}

/// What `list` says is wrong with the only file there.
std::string only_problem(const EngineCache& cache) {
  const auto entries = cache.list().value();
  EXPECT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.at(0).key.text, "");
  return entries.at(0).problem;
}

TEST_F(EngineCacheTest, ListsAKeyThatIsntWhole) {
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(8);
  EXPECT_THAT(only_problem(cache()), HasSubstr("format 17, not 1"));
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(45);
  EXPECT_EQ(only_problem(cache()), "its name isn't the one that it is looked for under");
  ASSERT_TRUE(cache().store(key_, engine_));
  fs::resize_file(file(), 5'000);
  EXPECT_EQ(only_problem(cache()), "4960 bytes behind the header, which says 19 and 10000");
}

TEST_F(EngineCacheTest, ListsARenamedFileAsOneThatIsntFound) {
  ASSERT_TRUE(cache().store(key_, engine_));
  fs::rename(file(), folder_ / "yolov4.engine");
  EXPECT_EQ(only_problem(cache()), "its name isn't the one that it is looked for under");
}

TEST_F(EngineCacheTest, ListsWhatIsNoFile) {
  fs::create_directories(folder_ / "folder.engine");
  EXPECT_EQ(only_problem(cache()), "can't be read: isn't a regular file");
  fs::remove_all(folder_);
  fs::create_directories(folder_);
  ASSERT_EQ(mkfifo((folder_ / "pipe.engine").c_str(), 0600), 0);
  EXPECT_EQ(only_problem(cache()), "can't be read: isn't a regular file");
}

TEST_F(EngineCacheTest, NoFolderIsAnEmptyCache) {
  EXPECT_TRUE(cache().list().value().empty());
  EXPECT_EQ(cache().clear().value(), 0);
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(EngineCacheTest, AFolderThatIsAFileCantBeReadNorWritten) {
  std::ofstream(folder_) << "a file where the folder would be";
  for (const Error& error : {cache().list().error(), cache().clear().error()}) {
    EXPECT_EQ(error.code, ErrorCode::kIo);
    EXPECT_EQ(error.message, folder_.string() + ": can't be read: Not a directory");
  }
  EXPECT_THAT(cache().check_writable().error().message,
              HasSubstr(folder_.string() + ": can't be made"));
  fs::remove(folder_);
}

TEST_F(EngineCacheTest, TryingWhetherItCanBeWrittenLeavesNothing) {
  ASSERT_TRUE(cache().check_writable());
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(EngineCacheTest, ClearLeavesOtherPeoplesFiles) {
  ASSERT_TRUE(cache().store(key_, engine_));
  ASSERT_TRUE(cache().store_timings(key_, engine_));
  ASSERT_TRUE(EngineCache::Lock::take(cache(), key_));
  fs::copy(file(), file().string() + ".a1B2c3");  // what a process that died leaves
  const std::array others{"notes.txt", "yolov4.engine", "my-engine.engine.backup",
                          "tiny-0123456789abcdef.engine"};
  for (const char* const other : others) {
    std::ofstream(folder_ / other) << "not ours";
  }
  EXPECT_EQ(cache().clear().value(), 4);
  for (const char* const other : others) {
    EXPECT_TRUE(fs::exists(folder_ / other)) << other;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{}), 4);
}

TEST_F(EngineCacheTest, TimingsComeBackAndMayBeMissing) {
  EXPECT_TRUE(cache().load_timings(key_).empty());
  ASSERT_TRUE(cache().store_timings(key_, engine_));
  EXPECT_EQ(cache().load_timings(key_), engine_);
}

TEST_F(EngineCacheTest, AnEngineIsExportedWithoutItsHeader) {
  ASSERT_TRUE(cache().store(key_, engine_));
  const fs::path to = folder_ / "plain" / "net.plan";
  ASSERT_TRUE(export_engine(file(), to));
  EXPECT_EQ(base::read_bytes(to, 1U << 20U).value(), engine_);

  std::ofstream(folder_ / "in_the_way") << "a file";
  const auto refused = export_engine(file(), folder_ / "in_the_way" / "net.plan");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr("in_the_way: can't be made"));
}

TEST_F(EngineCacheTest, OneLockAtATime) {
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

TEST_F(EngineCacheTest, WhoNeedntWaitForTheLockIsntTold) {
  bool told = false;
  EXPECT_TRUE(EngineCache::Lock::take(cache(), key_, [&] { told = true; }));
  EXPECT_FALSE(told);
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
