#include "output/output_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OutputFile, GrowsAsPartialAndIsRenamedAtTheEnd) {
  const TemporaryFolder folder;
  auto file = OutputFile::open(folder.path() / "a.jsonl").value();
  ASSERT_TRUE(file.append("one\n"));
  EXPECT_THAT(folder.files(), ElementsAre("a.jsonl.partial"));
  EXPECT_EQ(folder.read("a.jsonl.partial"), "one\n");
  ASSERT_TRUE(file.append("two\n"));
  ASSERT_TRUE(file.commit());
  EXPECT_THAT(folder.files(), ElementsAre("a.jsonl"));
  EXPECT_EQ(folder.read("a.jsonl"), "one\ntwo\n");
}

TEST(OutputFile, TheOldFileStaysUntilTheNewIsWhole) {
  const TemporaryFolder folder;
  folder.write("a", "old");
  {
    auto file = OutputFile::open(folder.path() / "a").value();
    ASSERT_TRUE(file.append("new"));
    EXPECT_EQ(folder.read("a"), "old");
  }
  EXPECT_THAT(folder.files(), ElementsAre("a")) << "thrown away without commit";
  EXPECT_EQ(folder.read("a"), "old");
}

TEST(OutputFile, AStoppedRunLeavesThePartialUnlessItIsEmpty) {
  const TemporaryFolder folder;
  auto file = OutputFile::open(folder.path() / "a").value();
  ASSERT_TRUE(file.append("one\n"));
  ASSERT_TRUE(file.keep_partial());
  auto empty = OutputFile::open(folder.path() / "b").value();
  ASSERT_TRUE(empty.keep_partial());
  EXPECT_THAT(folder.files(), ElementsAre("a.partial"));
}

TEST(OutputFile, OverwritesAnOldPartial) {
  const TemporaryFolder folder;
  folder.write("a.partial", "something longer");
  auto file = OutputFile::open(folder.path() / "a").value();
  ASSERT_TRUE(file.append("x"));
  ASSERT_TRUE(file.commit());
  EXPECT_EQ(folder.read("a"), "x");
}

TEST(OutputFile, TwoRunsDontWriteTheSameFile) {
  const TemporaryFolder folder;
  const auto first = OutputFile::open(folder.path() / "a").value();
  const auto second = OutputFile::open(folder.path() / "a");
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("a: can't be written: another run is writing"));
  EXPECT_THAT(folder.files(), ElementsAre("a.partial"));
}

TEST(OutputFile, ALinkStaysALink) {
  const TemporaryFolder folder;
  folder.write("real", "old");
  fs::create_symlink("real", folder.path() / "link");
  ASSERT_TRUE(write_file(folder.path() / "link", std::string_view("new")));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(folder.read("real"), "new");
}

TEST(OutputFile, UnwritablePlacesAreNamedWithTheReason) {
  const TemporaryFolder folder;
  const auto below_file = OutputFile::open(folder.write("f") / "a");
  ASSERT_FALSE(below_file);
  EXPECT_EQ(below_file.error().code, ErrorCode::kIo);
  EXPECT_THAT(below_file.error().message, HasSubstr("f/a: can't be written: Not a directory"));
  const auto missing = OutputFile::open(folder.path() / "gone/a");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("gone/a: can't be written: No such file or dir"));
  const auto is_folder = OutputFile::open(folder.path());
  ASSERT_FALSE(is_folder);
  EXPECT_THAT(is_folder.error().message, HasSubstr(": can't be written: it is a folder"));
}

TEST(OutputFile, ADeviceIsWrittenDirectly) {
  auto file = OutputFile::open("/dev/null").value();
  EXPECT_TRUE(file.append("x"));
  EXPECT_TRUE(file.commit());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_FALSE(fs::exists("/dev/null.partial"));
}

TEST(OutputFile, AFullDeviceIsSaid) {
  auto file = OutputFile::open("/dev/full").value();
  const auto written = file.append("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_EQ(written.error().message, "/dev/full: can't be written: No space left on device");
}

/// As long as it lives no file may grow over a number of bytes: a disk that fills up.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST(OutputFile, ADiskThatFillsUpLeavesWholeLines) {
  const TemporaryFolder folder;
  const SmallDisk disk(10);
  auto file = OutputFile::open(folder.path() / "a").value();
  ASSERT_TRUE(file.append("1234567\n"));
  const auto written = file.append("abcdefg\n");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("a: can't be written: File too large"));
  EXPECT_EQ(folder.read("a.partial"), "1234567\n");
  ASSERT_TRUE(file.append("x\n")) << "what fits goes on behind the last whole line";
  ASSERT_TRUE(file.keep_partial());
  EXPECT_EQ(folder.read("a.partial"), "1234567\nx\n");
}

TEST(WriteFile, LeavesNothingIfItDoesntFit) {
  const TemporaryFolder folder;
  const SmallDisk disk(10);
  EXPECT_FALSE(write_file(folder.path() / "a", std::string_view("longer than ten bytes")));
  EXPECT_THAT(folder.files(), IsEmpty());
}

TEST(WriteFile, MakesTheFoldersAbove) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path() / "x/y/a", std::string_view("content")));
  EXPECT_EQ(folder.read("x/y/a"), "content");
  const std::vector<std::byte> bytes{std::byte{'h'}, std::byte{'i'}};
  ASSERT_TRUE(write_file(folder.path() / "x/b", bytes));
  EXPECT_EQ(folder.read("x/b"), "hi");
}

TEST(WriteFile, AFolderThatCantBeMadeIsNamed) {
  const TemporaryFolder folder;
  const auto made = write_file(folder.write("f") / "sub/a", std::string_view("x"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kIo);
  EXPECT_THAT(made.error().message, HasSubstr("f/sub: the folder can't be made: Not a directory"));
  const auto is_file = make_folders(folder.path() / "f");
  ASSERT_FALSE(is_file);
  EXPECT_THAT(is_file.error().message, HasSubstr("f: the folder can't be made: Not a directory"));
}

}  // namespace
}  // namespace yolofleet::command
