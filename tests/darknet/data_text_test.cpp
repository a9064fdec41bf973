#include "darknet/data_text.hpp"

#include <gmock/gmock.h>

#include "darknet/support.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using test::refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DataFile read(std::string_view text) {
  return parse_data(text, "cfg/a.data").value();
}

std::string value(const DataFile& file, std::string_view key) {
  const DataEntry* const entry = file.find(key);
  return entry == nullptr ? "none" : entry->value;
}

TEST(DataText, HasKeysAndValues) {
  const DataFile file = read(
      "classes= 20\n# train = a\n;train=b\n\ntrain  = data/train.txt\r\n valid=my data/test.txt \n"
      "names = a.names\ndifficult=d.txt\nbackup = backup/\neval=coco\nresults = r");
  EXPECT_EQ(file.classes, 20);
  EXPECT_EQ(value(file, "train"), "data/train.txt");
  EXPECT_EQ(value(file, "valid"), "my data/test.txt") << "a path with a blank";
  EXPECT_EQ(file.find("valid")->line, 6);
  EXPECT_EQ(value(file, "nothing"), "none");
  EXPECT_THAT(file.warnings, IsEmpty());
  EXPECT_EQ(value(read("\xEF\xBB\xBFnames=a=b.names\n"), "names"), "a=b.names");
  const DataFile of_a_macintosh = read("classes=3\rnames=a.names\rvalid=b.txt");
  EXPECT_EQ(of_a_macintosh.classes, 3);
  EXPECT_EQ(of_a_macintosh.find("valid")->line, 3);
}

TEST(DataText, LinesThatAreIgnoredCauseWarnings) {
  const DataFile file =
      read("names=a.names\n[data]\nnames=b.names\nvalid=\nname=c.names\nclasses=3 # cats\n=5\n");
  EXPECT_EQ(value(file, "names"), "a.names");
  EXPECT_EQ(value(file, "valid"), "none");
  EXPECT_EQ(file.classes, 3);
  EXPECT_THAT(
      file.warnings,
      ElementsAre(
          "cfg/a.data:2: [data]: ignored: it isn't key=value",
          "cfg/a.data:3: names=b.names: ignored: the names=a.names of line 1 counts",
          "cfg/a.data:4: valid=: ignored: it has no value",
          "cfg/a.data:5: name=c.names: ignored: the key is unknown",
          "cfg/a.data:6: classes=3 # cats: taken as 3, as Darknet does; the rest is ignored",
          "cfg/a.data:7: =5: ignored: it isn't key=value"));
}

TEST(DataText, RefusesWhatIsNoDataFile) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal(parse_data("names=a\nvalid=\0b"sv, "a.data")),
            "malformed: a.data:2: holds a zero byte: this is not a .data file");
  EXPECT_EQ(
      refusal(parse_data("[net]\nwidth=5\n", "a.data")),
      "malformed: a.data: is not a .data file: no line names classes, names, valid or another "
      "of Darknet's keys");
  for (const std::string_view bad : {"many", "0", "-5", "65001", "99999999999"}) {
    EXPECT_EQ(refusal(parse_data("classes=" + std::string{bad}, "a.data")),
              "malformed: a.data:1: classes=" + std::string{bad} +
                  ": must be a whole number from 1 to 65000");
  }
}

TEST(DataText, HasLimits) {
  std::string text = "names=a\n";
  for (std::size_t i = 1; i < graph::limits::kMaxOptions; ++i) {
    text += "key" + std::to_string(i) + "=1\n";
  }
  EXPECT_EQ(refusal(parse_data(text, "a.data")), "accepted");
  EXPECT_EQ(read(text).warnings.back(), "there are more warnings, which are left out");
  EXPECT_EQ(refusal(parse_data(text + "more=1\n", "a.data")),
            "too_large: a.data:257: more than 256 keys");
  const test::TemporaryFolder folder;
  const auto large = folder.write("a.data", std::string(graph::limits::kMaxDataBytes + 1, '#'));
  EXPECT_THAT(refusal(DataFile::load(large)),
              HasSubstr("a.data: 1048577 bytes; at most 1048576 are read"));
  EXPECT_THAT(refusal(DataFile::load(folder.path() / "no.data")), HasSubstr("not_found: "));
}

TEST(DataFile, FindsItsFilesFromTheWorkingFolderOrItsOwn) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("a.data", "names=a.names\nvalid=gone/test.txt\n");
  folder.write("a.names", "cat\n");
  const DataFile own = DataFile::load(file).value();
  EXPECT_EQ(own.file_of("names").value(), folder.path() / "a.names");
  EXPECT_EQ(own.locate("b.names"), std::nullopt);
  EXPECT_EQ(own.locate(folder.path() / "a.names"), folder.path() / "a.names") << "absolute";
  EXPECT_EQ(refusal(own.file_of("train")),
            "not_found: " + file.string() + ": has no line train=FILE");
  EXPECT_EQ(refusal(own.file_of("valid")),
            "not_found: " + file.string() +
                ":2: valid=gone/test.txt: no such file, neither from the working folder nor as " +
                (folder.path() / "gone/test.txt").string());
  const auto before = std::filesystem::current_path();
  std::filesystem::create_directory(folder.path() / "in");
  std::filesystem::current_path(folder.path() / "in");
  folder.write("in/a.names", "dog\n");
  EXPECT_EQ(own.file_of("names").value(), "a.names") << "the working folder comes first";
  const DataFile here{"a.data", {}, {{"names", "no.names", 3}}, {}};
  EXPECT_EQ(refusal(here.file_of("names")), "not_found: a.data:3: names=no.names: no such file");
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace yolofleet::darknet
