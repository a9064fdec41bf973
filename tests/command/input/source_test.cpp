#include "input/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// "name -> path below the folder" of every entry.
std::vector<std::string> entries(const std::vector<std::string>& arguments,
                                 const SourceContext& context = {}) {
  auto inputs = Inputs::open(arguments, context);
  if (!inputs) {
    return {inputs.error().message};
  }
  std::vector<std::string> found;
  while (const auto entry = inputs->next()) {
    found.push_back(entry->name + " -> " + entry->relative.string());
  }
  return found;
}

std::string message_for_nothing(const std::string& argument) {
  auto inputs = Inputs::open({argument}).value();
  while (inputs.next()) {
  }
  return inputs.first_empty().value_or("");
}

class Sources : public ::testing::Test {
 protected:
  Sources() { folder_.enter(); }

  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

TEST(PictureEnding, AnyCaseOfThoseThatAreRead) {
  for (const char* name :
       {"a.jpg", "a.JPG", "b.jpeg", "c.Png", "d.webp", "e.bmp", "f.jfif", "g.JPE"}) {
    EXPECT_TRUE(has_picture_ending(name)) << name;
  }
  for (const char* name : {"a.gif", "jpg", ".jpg", "a.jpg.partial", "a.txt"}) {
    EXPECT_FALSE(has_picture_ending(name)) << name;
  }
}

TEST_F(Sources, AFileIsItself) {
  EXPECT_THAT(entries({"some/where/a.dat"}), ElementsAre("some/where/a.dat -> a.dat"));
}

TEST_F(Sources, StandardInputIsOnePicture) {
  auto inputs = Inputs::open({"-"}).value();
  const auto entry = inputs.next();
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->standard_input);
  EXPECT_EQ(entry->name, "-");
  EXPECT_EQ(entry->relative, "stdin");
  EXPECT_FALSE(inputs.next());
}

TEST_F(Sources, AFolderGivesItsPicturesOnly) {
  folder().write("in/b.PNG");
  folder().write("in/a/c.webp");
  folder().write("in/notes.txt");
  EXPECT_THAT(entries({"in"}), ElementsAre("in/a/c.webp -> a/c.webp", "in/b.PNG -> b.PNG"));
  EXPECT_THAT(entries({"in/"}), ElementsAre("in/a/c.webp -> a/c.webp", "in/b.PNG -> b.PNG"));
}

TEST_F(Sources, ArgumentsComeInTheirOrder) {
  folder().write("in/a.jpg");
  EXPECT_THAT(entries({"z.jpg", "in", "-"}),
              ElementsAre("z.jpg -> z.jpg", "in/a.jpg -> a.jpg", "- -> stdin"));
}

TEST_F(Sources, EverythingStartsAgain) {
  folder().write("in/a.jpg");
  folder().write("list", "l.jpg\n");
  auto inputs = Inputs::open({"z.jpg", "in", "in/*.jpg", "@list"}).value();
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> names;
    while (const auto entry = inputs.next()) {
      names.push_back(entry->name);
    }
    EXPECT_THAT(names, ElementsAre("z.jpg", "in/a.jpg", "in/a.jpg", "l.jpg"));
    inputs.rewind();
  }
}

TEST_F(Sources, AGlobGivesWhatAShellWould) {
  folder().write("b.jpg");
  folder().write("a.jpg");
  folder().write("a.txt");
  folder().write("sub/c.jpg");
  EXPECT_THAT(entries({"*.jpg"}), ElementsAre("a.jpg -> a.jpg", "b.jpg -> b.jpg"));
  EXPECT_THAT(entries({"./*.jpg"}), ElementsAre("./a.jpg -> a.jpg", "./b.jpg -> b.jpg"));
  EXPECT_THAT(entries({"*"}), ElementsAre("a.jpg -> a.jpg", "b.jpg -> b.jpg"));
  EXPECT_THAT(entries({"s*/*"}), ElementsAre("sub/c.jpg -> sub/c.jpg"));
  EXPECT_THAT(entries({"**/*.jpg"}),
              ElementsAre("a.jpg -> a.jpg", "b.jpg -> b.jpg", "sub/c.jpg -> sub/c.jpg"));
}

TEST_F(Sources, AFileOfThatVeryNameIsNoGlob) {
  folder().write("a[1].jpg");
  folder().write("a1.jpg");
  EXPECT_THAT(entries({"a[1].jpg"}), ElementsAre("a[1].jpg -> a[1].jpg"));
}

TEST_F(Sources, AListIsReadAsDarknetDoes) {
  folder().write("lists/all.txt",
                 "\xEF\xBB\xBFone.jpg\r\n\n  \t\r\nsub/two words.jpg\n-\nlast.jpg");
  EXPECT_THAT(entries({"@lists/all.txt"}),
              ElementsAre("one.jpg -> one.jpg", "sub/two words.jpg -> sub/two words.jpg", "- -> -",
                          "last.jpg -> last.jpg"));
}

TEST_F(Sources, LinesOfAListMayEndInBlanksOrCarriageReturns) {
  folder().write("list", "  one.jpg \t\r\ntwo.jpg \n");
  EXPECT_THAT(entries({"@list"}), ElementsAre("one.jpg -> one.jpg", "two.jpg -> two.jpg"));
  folder().write("two.jpg ");
  EXPECT_THAT(entries({"@list"}), ElementsAre("one.jpg -> one.jpg", "two.jpg  -> two.jpg "))
      << "the name of a file";
  folder().write("list", "\xEF\xBB\xBFone.jpg\r\rtwo words.jpg\rlast.jpg");
  EXPECT_THAT(
      entries({"@list"}),
      ElementsAre("one.jpg -> one.jpg", "two words.jpg -> two words.jpg", "last.jpg -> last.jpg"));
  folder().write("list", "a.jpg\r\r" + std::string(4096, 'x') + "\r");
  EXPECT_THAT(entries({"@list"}).at(0), HasSubstr("list:3: a path of 4096 bytes"));
  // The two bytes of a line end are in two pieces of 64 KiB.
  folder().write("list", std::string((1U << 16U) - 6, '\n') + "a.jpg\r\nb.jpg\n\n" +
                             std::string(4096, 'x') + "\n");
  EXPECT_THAT(entries({"@list"}).at(0), HasSubstr("list:65534: a path of 4096 bytes"));
}

TEST_F(Sources, PathsOfAListCountFromTheirCommonFolder) {
  folder().write("list", "/data/x/a/1.jpg\n/data/x/b/../c/2.jpg\n/data/x/a/3.jpg\n");
  EXPECT_THAT(entries({"@list"}),
              ElementsAre("/data/x/a/1.jpg -> a/1.jpg", "/data/x/b/../c/2.jpg -> c/2.jpg",
                          "/data/x/a/3.jpg -> a/3.jpg"));
  folder().write("list", "../x/1.jpg\n../y/1.jpg\n");
  EXPECT_THAT(entries({"@list"}), ElementsAre("../x/1.jpg -> x/1.jpg", "../y/1.jpg -> y/1.jpg"));
}

TEST_F(Sources, TheExcludedFolderIsNotRead) {
  folder().write("in/a.jpg");
  folder().write("in/drawn/a.jpg");
  EXPECT_THAT(entries({"in"}, {"in/drawn", -1}), ElementsAre("in/a.jpg -> a.jpg"));
  EXPECT_THAT(entries({"in/**/*"}, {"in/drawn", -1}), ElementsAre("in/a.jpg -> a.jpg"));
}

TEST_F(Sources, ABadListIsRefused) {
  EXPECT_THAT(entries({"@gone.txt"}).at(0), HasSubstr("gone.txt: can't be read: No such file"));
  EXPECT_THAT(entries({"@"}).at(0), HasSubstr("the name of the list is missing (@list.txt)"));
  folder().write("a.jpg", std::string_view("\xFF\xD8\0\0", 4));
  folder().write("most", std::string(4095, 'x') + "\n\n" + std::string(4095, 'y'));
  EXPECT_EQ(entries({"@most"}).size(), 2U);
  folder().write("long", "a.jpg\r\n\n" + std::string(4096, 'x') + "\n");
  EXPECT_THAT(entries({"@long"}).at(0),
              HasSubstr("long:3: a path of 4096 bytes; at most 4095 are allowed"));
  EXPECT_THAT(entries({"@a.jpg"}).at(0), HasSubstr("a.jpg: holds a zero byte"));
}

TEST_F(Sources, StandardInputIsThereOnce) {
  EXPECT_THAT(entries({"-", "-"}).at(0), HasSubstr("standard input (-) may be given only once"));
  EXPECT_THAT(entries({"-", "@-"}).at(0), HasSubstr("only once"));
}

TEST_F(Sources, AnEmptyArgumentIsRefused) {
  EXPECT_THAT(entries({""}).at(0), HasSubstr("an INPUT is empty"));
}

TEST_F(Sources, WhatGivesNothingSaysSo) {
  fs::create_directories("empty/below");
  folder().write("list", "\n\r\n");
  EXPECT_THAT(message_for_nothing("empty"), HasSubstr("empty: the folder holds no picture (.jpg"));
  EXPECT_THAT(message_for_nothing("*.jpg"), HasSubstr("*.jpg: no picture (.jpg, .jpeg, .png"));
  EXPECT_THAT(message_for_nothing("@list"), HasSubstr("@list: the list names no picture"));
  EXPECT_EQ(message_for_nothing("a.jpg"), "");
}

TEST_F(Sources, AllThatAreNoPictureAreRefusedAtOnce) {
  folder().write("list.txt", "a.jpg\n");
  EXPECT_THAT(entries({"list.txt", "0"}),
              ElementsAre("list.txt: is a list of pictures; write @list.txt"));
  EXPECT_THAT(entries({"rtsp://x/y?a=*"}).at(0), HasSubstr("rtsp://x/y?a=*: videos, streams"));
  EXPECT_THAT(entries({"list.txt", "a.jpg"}),
              ElementsAre("list.txt -> list.txt", "a.jpg -> a.jpg"));
  auto inputs = Inputs::open({"list.txt", "a.jpg"}).value();
  EXPECT_EQ(inputs.next()->error->code, ErrorCode::kUnsupported);
  EXPECT_FALSE(inputs.next()->error);
}

TEST_F(Sources, VideosOfFilesListsAndPatterns) {
  folder().write("in/a.mkv", "x");
  folder().write("in/b.mp4", "x");
  folder().write("in/c.mp4", "\xFF\xD8\xFF");
  folder().write("in/d.jpg", "x");
  folder().write("list", "in/b.mp4\nrtsp://me:secret@x/y\nin/sub/e.jpg\n/dev/video1\n");
  const SourceContext videos{{}, -1, {}, true};
  EXPECT_THAT(entries({"in/a.mkv", "tcp://x:1", "in/*.mp4"}, videos),
              ElementsAre("in/a.mkv -> a.mkv", "tcp://x:1 -> x_1", "in/b.mp4 -> b.mp4",
                          "in/c.mp4 -> c.mp4"));
  EXPECT_THAT(entries({"@list"}, videos),
              ElementsAre("in/b.mp4 -> b.mp4", "rtsp://x/y -> x_y", "in/sub/e.jpg -> sub/e.jpg",
                          "/dev/video1 -> video1"));
  EXPECT_THAT(entries({"in", "in/*"}, videos),
              ElementsAre("in/d.jpg -> d.jpg", "in/d.jpg -> d.jpg"));
  auto inputs = Inputs::open({"in/*.mp4", "@list"}, videos).value();
  EXPECT_EQ(inputs.next()->video, "in/b.mp4");
  EXPECT_EQ(inputs.next()->video, "") << "a picture with a video's ending";
  inputs.next();
  EXPECT_EQ(inputs.next()->video, "rtsp://me:secret@x/y");
  inputs.rewind();
  inputs.leave_out_videos();
  EXPECT_EQ(inputs.next()->number, 1U);
  EXPECT_EQ(inputs.next()->name, "in/sub/e.jpg");
  EXPECT_FALSE(inputs.next());
}

TEST_F(Sources, PlacesAreLinesOfAListOrArguments) {
  folder().write("in/a.jpg");
  folder().write("list", "\nb.jpg\n\nc.jpg\n");
  auto inputs = Inputs::open({"z.jpg", "in", "@list"}).value();
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> places;
    while (inputs.next()) {
      places.push_back(inputs.place());
    }
    EXPECT_THAT(places, ElementsAre("INPUT 1", "INPUT 2", "list:2", "list:4"));
    inputs.rewind();
  }
}

TEST_F(Sources, SkippedPicturesAreCountedOnceARound) {
  folder().write("in/a.jpg");
  folder().write("in/b.tif");
  folder().write("in/below/c.TIF");
  folder().write("in/d.txt");
  folder().write("in/._a.jpg", std::string_view("\0\5\x16\7", 4));
  const std::string only = " (only .jpg, .jpeg, .png, .webp, .bmp, .jfif, .jpe are read)";
  auto inputs = Inputs::open({"in", "in/*", "in/a.jpg"}).value();
  for (int round = 0; round < 2; ++round) {
    while (inputs.next()) {
    }
    EXPECT_THAT(inputs.skipped(), ElementsAre("skipped in in: 1 ._ file of macOS, 2 .tif" + only,
                                              "skipped in in/*: 1 .tif" + only));
    inputs.rewind();
  }
}

TEST_F(Sources, RootsAreWhatIsReadRecursively) {
  fs::create_directories("in");
  const auto inputs = Inputs::open({"a.jpg", "in", "x/*.jpg", "y/**/*.jpg"}).value();
  EXPECT_THAT(inputs.roots(), ElementsAre("in", "y"));
}

TEST_F(Sources, AShardIsEveryNthPictureWithItsNumber) {
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"}) {
    folder().write(std::string("in/") + name);
  }
  const auto numbers = [](const char* shard) {
    auto inputs = Inputs::open({"x.jpg", "in"}, {{}, -1, shard_of(shard).value()}).value();
    std::vector<std::string> found;
    for (int round = 0; round < 2; ++round) {
      while (const auto entry = inputs.next()) {
        found.push_back(std::to_string(entry->number).append(" ").append(entry->name));
      }
      inputs.rewind();
    }
    return found;
  };
  EXPECT_THAT(numbers("1/4"), ElementsAre("1 in/a.jpg", "5 in/e.jpg", "1 in/a.jpg", "5 in/e.jpg"));
  EXPECT_THAT(numbers("0/3"), ElementsAre("0 x.jpg", "3 in/c.jpg", "0 x.jpg", "3 in/c.jpg"));
  EXPECT_THAT(numbers("8/9"), ElementsAre());
}

TEST(Shard, OthersAreRefused) {
  const auto refusal = [](const std::string& text) {
    const auto shard = shard_of(text);
    return shard ? "accepted" : shard.error().message;
  };
  for (const std::string wrong :
       {"", "1", "/", "1/", "/2", "0/0", "-1/2", "0/2/3", "a/b", "0/2 "}) {
    EXPECT_EQ(refusal(wrong), "'" + wrong +
                                  "' isn't I/N with I from 0 to N-1: the first of 4 parts is "
                                  "0/4, the last 3/4");
  }
  EXPECT_EQ(refusal("3/2"),
            "'3/2' isn't I/N with I from 0 to N-1: the first of 2 parts is 0/2, the last 1/2");
  EXPECT_EQ(refusal("1/1"),
            "'1/1' isn't I/N with I from 0 to N-1: the first of 1 parts is 0/1, the last 0/1");
}

}  // namespace
}  // namespace yolofleet::command
