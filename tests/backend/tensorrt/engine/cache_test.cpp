#include "backend/tensorrt/engine/cache.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "backend/tensorrt/engine/file.hpp"

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

TEST_F(EngineCacheTest, LoadsTheStoredEngine) {
  ASSERT_TRUE(cache().store(key_, engine_));
  EXPECT_EQ(cache().load(key_), engine_);
  EXPECT_THAT(key_.file_name(), ::testing::MatchesRegex("tiny-[0-9a-f]+\\.engine"));
  EXPECT_EQ(std::distance(fs::directory_iterator{folder_}, fs::directory_iterator{}), 1)
      << "nothing temporary is left";
}

TEST_F(EngineCacheTest, AnAbsentEngineIsNoProblem) {
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
  EXPECT_THAT(problem(), HasSubstr("was made for another model, device or options"));
}

TEST_F(EngineCacheTest, EveryDamagedByteIsNoticed) {
  for (const std::ptrdiff_t offset : {0, 8, 12, 16, 24, 40, 45, 200, -1, -5000}) {
    ASSERT_TRUE(cache().store(key_, engine_));
    damage(offset);
    EXPECT_THAT(problem(), HasSubstr(file().string() + ": ")) << offset;
  }
}

TEST_F(EngineCacheTest, EachProblemIsNamed) {
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(0);
  EXPECT_THAT(problem(), HasSubstr("isn't a yolofleet engine file"));
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(8);
  EXPECT_THAT(problem(), HasSubstr("has format 17; this program reads format 1"));
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(-1);
  EXPECT_THAT(problem(), HasSubstr("its checksum doesn't match"));
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

TEST_F(EngineCacheTest, ListsEnginesAndTheirProblems) {
  ASSERT_TRUE(cache().store(key_, engine_));
  std::ofstream(folder_ / "broken.engine") << "?";
  std::ofstream(folder_ / "notes.txt") << "not ours";
  const auto entries = cache().list().value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_THAT(entries[0].problem, HasSubstr("fewer than a header"));
  EXPECT_EQ(entries[0].bytes, 1U);
  EXPECT_EQ(entries[1].key.model, key_.model);
  EXPECT_EQ(entries[1].key.text, key_.text);
  EXPECT_EQ(entries[1].problem, "");
  EXPECT_EQ(entries[1].bytes, fs::file_size(file()));
}

/// CacheEntry::problem of the only file in the cache.
std::string only_problem(const EngineCache& cache) {
  const auto entries = cache.list().value();
  EXPECT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.at(0).key.text, "");
  return entries.at(0).problem;
}

TEST_F(EngineCacheTest, ListsADamagedKeyAsAProblem) {
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(8);
  EXPECT_THAT(only_problem(cache()), HasSubstr("has format 17; this program reads format 1"));
  ASSERT_TRUE(cache().store(key_, engine_));
  damage(45);
  EXPECT_EQ(only_problem(cache()), "its name doesn't match its key");
  ASSERT_TRUE(cache().store(key_, engine_));
  fs::resize_file(file(), 5'000);
  EXPECT_EQ(only_problem(cache()), "has 4960 bytes after the header, which announces 19 + 10000");
}

TEST_F(EngineCacheTest, ListsARenamedFileAsAProblem) {
  ASSERT_TRUE(cache().store(key_, engine_));
  fs::rename(file(), folder_ / "yolov4.engine");
  EXPECT_EQ(only_problem(cache()), "its name doesn't match its key");
}

TEST_F(EngineCacheTest, ListsAFolderOrPipeAsAProblem) {
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

TEST_F(EngineCacheTest, CheckWritableLeavesNothingBehind) {
  ASSERT_TRUE(cache().check_writable());
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(EngineCacheTest, TimingsComeBackAndMayBeMissing) {
  EXPECT_TRUE(cache().load_timings(key_).empty());
  ASSERT_TRUE(cache().store_timings(key_, engine_));
  EXPECT_EQ(cache().load_timings(key_), engine_);
}

TEST_F(EngineCacheTest, DamagedOrForeignTimingsAreIgnored) {
  const fs::path timing = folder_ / fs::path{key_.file_name()}.replace_extension(".timing");
  ASSERT_TRUE(cache().store_timings(key_, engine_));
  fs::resize_file(timing, fs::file_size(timing) - 1);
  EXPECT_TRUE(cache().load_timings(key_).empty());
  ASSERT_TRUE(cache().store(key_, engine_));
  fs::rename(file(), timing);  // an engine
  EXPECT_TRUE(cache().load_timings(key_).empty());
  EXPECT_EQ(read_file(timing, kTimingMagic).error().message, "isn't a yolofleet timing file");
  std::ofstream(timing) << std::string(1000, 'x');
  EXPECT_TRUE(cache().load_timings(key_).empty());
  fs::remove(timing);
  ASSERT_EQ(mkfifo(timing.c_str(), 0600), 0);
  EXPECT_TRUE(cache().load_timings(key_).empty()) << "and not waited for";
}

TEST_F(EngineCacheTest, AFolderOrPipeIsAProblemThatNamesItOnce) {
  fs::create_directories(file());
  EXPECT_EQ(problem(), file().string() + ": can't be read: isn't a regular file");
  fs::remove(file());
  ASSERT_EQ(mkfifo(file().c_str(), 0600), 0);
  EXPECT_EQ(problem(), file().string() + ": can't be read: isn't a regular file");
}

/// Makes `file` one of `size` bytes, nearly all of them a hole; the header says `content` bytes.
void make_sparse(const fs::path& file, std::uint64_t size, std::uint64_t content) {
  FileHeader header;
  header.magic = kEngineMagic;
  header.content_bytes = content;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(&header), sizeof header);
  fs::resize_file(file, size);
}

// Sanitizers take more memory than this allows.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(EngineCacheTest, AllocatesNothingForAFileThatDoesntMatchItsHeader) {
  constexpr std::uint64_t kBytes = std::uint64_t{7} << 30U;
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &usual), 0);
  const rlimit little{rlim_t{6} << 30U, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &little), 0);
  make_sparse(file(), kBytes, 1000);
  EXPECT_EQ(problem(), fmt::format("{}: has {} bytes after the header, which announces 0 + 1000",
                                   file().string(), kBytes - sizeof(FileHeader)));
  make_sparse(file(), kBytes, kBytes - sizeof(FileHeader));
  EXPECT_EQ(problem(), fmt::format("{}: no memory for its {} bytes", file().string(),
                                   kBytes - sizeof(FileHeader)));
  EXPECT_EQ(read_file(file(), kEngineMagic).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(setrlimit(RLIMIT_AS, &usual), 0);
}
#endif

TEST_F(EngineCacheTest, AFileThatIsTooLargeIsRefused) {
  constexpr std::uint64_t kBytes = kMostFileBytes + 1;
  make_sparse(file(), kBytes, kBytes - sizeof(FileHeader));
  EXPECT_EQ(problem(), fmt::format("{}: has {} bytes; at most {} are allowed", file().string(),
                                   kBytes, kMostFileBytes));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
