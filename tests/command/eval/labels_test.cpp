#include "eval/labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> files(const std::string& picture) {
  std::vector<std::string> names;
  for (const auto& file : label_files(picture)) {
    names.push_back(file.string());
  }
  return names;
}

Labels labels(std::string_view text) {
  return parse_labels(text, "a.txt").value();
}

std::string refusal(std::string_view text) {
  const auto read = parse_labels(text, "a.txt");
  return read ? "accepted" : read.error().message;
}

TEST(LabelFiles, AreWhereDarknetLooks) {
  EXPECT_THAT(files("data/obj/a.jpg"), ElementsAre("data/obj/a.txt"));
  EXPECT_THAT(files("a.b.JPEG"), ElementsAre("a.b.txt"));
  EXPECT_THAT(files("/VOCdevkit/VOC2007/JPEGImages/1.jpg"),
              ElementsAre("/VOCdevkit/VOC2007/labels/1.txt"));
  for (const std::string part : {"train2014", "val2014", "train2017", "val2017"}) {
    EXPECT_THAT(files("coco/images/" + part + "/1.png"),
                ElementsAre("coco/labels/" + part + "/1.txt"));
  }
  EXPECT_THAT(files("JPEGImages/1.jpg"), ElementsAre("JPEGImages/1.txt")) << "no slash before it";
}

TEST(LabelFiles, AreWhereOtherToolsLookToo) {
  EXPECT_THAT(files("set/images/test/1.jpg"),
              ElementsAre("set/images/test/1.txt", "set/labels/test/1.txt"));
  EXPECT_THAT(files("images/1.jpg"), ElementsAre("images/1.txt", "labels/1.txt"));
  EXPECT_THAT(files("/images/images/1.jpg"),
              ElementsAre("/images/images/1.txt", "/images/labels/1.txt"));
}

TEST(ParseLabels, OneObjectALine) {
  EXPECT_THAT(labels("0 0.5 0.25 1 .125\r\n\n  12\t+1e-1 0 -0.5 2.\n").boxes,
              ElementsAre(LabelledBox{0, 1, 0.5F, 0.25F, 1, 0.125F},
                          LabelledBox{12, 3, 0.1F, 0, -0.5F, 2}));
  EXPECT_THAT(labels("").boxes, IsEmpty());
  EXPECT_THAT(labels(" \r\n").boxes, IsEmpty());
  EXPECT_EQ(labels("-3 1 1 1 1").boxes.at(0).class_id, -3);
  EXPECT_EQ(labels("0 1 1 1 1\n").unread, "");
}

TEST(ParseLabels, StopWhereDarknetDoes) {
  struct Case {
    std::string_view text;
    std::size_t boxes;
    std::string_view why;
  };
  for (const auto& [text, boxes, why] : std::initializer_list<Case>{
           {"class x y w h\n0 1 1 1 1\n", 0, "1: class x y w h: isn't the number of a class"},
           {"0 1 1 1 1 # cat\n0 1 1 1 1\n", 1, "1: # cat: isn't the number of a class"},
           {"0 1 1 1 1\n0,1,1,1,1\n", 1, "2: ,1,1,1,1: isn't a number"},
           {"0 1 1 1 1\n1 0.5 0.5\n", 1, "3: the file ends within an object"},
           {"0 1 1 1 1\n1 0.5 x 1 1\n0 1 1 1 1\n", 1, "2: x 1 1: isn't a number"},
           {"0 1 1 1 1 .9\n0 1 1 1 1\n", 1, "1: .9: isn't the number of a class"},
           {"\xEF\xBB\xBF"
            "0 1 1 1 1\n",
            0,
            "1: \xEF\xBB\xBF"
            "0 1 1 1 1: isn't the number of a class"}}) {
    const Labels read = labels(text);
    EXPECT_EQ(read.boxes.size(), boxes) << text;
    EXPECT_EQ(read.unread,
              "a.txt:" + std::string(why) + ": like Darknet, yolofleet reads no further");
  }
}

TEST(ParseLabels, RefusesWhatDarknetWouldMisread) {
  const std::string why =
      ": isn't a whole number and four numbers (class x y width height), and Darknet would misread "
      "it";
  EXPECT_EQ(refusal("0 1 1 1 1\n0 .5 .5 .2 .2 0.9\n1 1 1 1 1\n"),
            "a.txt:2: 0 .5 .5 .2 .2 0.9" + why);
  EXPECT_EQ(refusal("0 .5 .5 .2 .2 .3 .4\n"), "accepted") << "Darknet stops at the sixth";
  EXPECT_EQ(refusal("0 .5 .5 .2 .2 1 .4\n"), "a.txt:1: 0 .5 .5 .2 .2 1 .4" + why);
  EXPECT_EQ(refusal("0.0 .5 .5 .2 .2\n"), "a.txt:1: 0.0 .5 .5 .2 .2" + why);
  EXPECT_EQ(refusal("0 .5 .5 .2\n0 .5 .5 .2 .2\n"), "a.txt:1: 0 .5 .5 .2" + why);
  EXPECT_EQ(refusal("0 0x1p-1 1 1 1 1\n"), "accepted") << "a hexadecimal number isn't read";
}

TEST(ReadLabels, TakesTheFirstFileThatExists) {
  const TemporaryFolder folder;
  folder.enter();
  EXPECT_EQ(read_labels("images/1.jpg").value(), std::nullopt);
  folder.write("labels/1.txt", "1 1 1 1 1\n");
  EXPECT_EQ(read_labels("images/1.jpg").value()->boxes.at(0).class_id, 1);
  EXPECT_EQ(read_labels("images/1.jpg").value()->file, "labels/1.txt");
  folder.write("images/1.txt", "2 1 1 1 1\n");
  EXPECT_EQ(read_labels("images/1.jpg").value()->boxes.at(0).class_id, 2);
}

TEST(ReadLabels, RefusesWhatItCantRead) {
  const TemporaryFolder folder;
  folder.enter();
  folder.write("1.txt", std::string(kMaxLabelBytes + 1, ' '));
  EXPECT_EQ(read_labels("1.jpg").error().message, "1.txt: 4194305 bytes; at most 4194304 are read");
  std::filesystem::create_directory("2.txt");
  EXPECT_EQ(read_labels("2.jpg").error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace yolofleet::command
