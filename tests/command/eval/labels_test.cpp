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

TEST(ParseLabels, TakesCarriageReturnsAsLineEnds) {
  EXPECT_THAT(labels("0 1 1 1 1 \r\r2 1 1 1 1\r").boxes,
              ElementsAre(LabelledBox{0, 1, 1, 1, 1, 1}, LabelledBox{2, 3, 1, 1, 1, 1}));
  EXPECT_EQ(labels("0 1 1 1 1\rx").unread,
            "a.txt:2: x: isn't the number of a class: like Darknet, yolofleet reads no further");
}

TEST(ParseLabels, StopWhereDarknetDoes) {
  struct Case {
    std::string_view text;
    std::size_t boxes;
    std::string_view why;
  };
  for (const auto& [text, boxes, why] : std::initializer_list<Case>{
           {"class x y w h\n0 1 1 1 1\n", 0, "1: class x y w h: isn't the number of a class"},
           {"0 1 1 1 1\n0,1,1,1,1\n", 1, "2: ,1,1,1,1: isn't a number"},
           {"0 1 1 1 1\n1 0.5 0.5\n", 1, "2: 1 0.5 0.5: the file ends within an object"},
           {"0 1 1 1 1\n1 0.5 x 1 1\n0 1 1 1 1\n", 1, "2: x 1 1: isn't a number"},
           {"0 0.5\n\n", 0, "1: 0 0.5: the file ends within an object"},
           {"\xEF\xBB\xBF"
            "0 1 1 1 1\n",
            0, "1: begins with a byte order mark (save it as UTF-8 without one)"}}) {
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
  const std::string more =
      ": has more than the five columns class x y width height; Darknet would misread it";
  for (const std::string rest : {"0.9", ".9", "-1", "1 .4", "# cat", "x"}) {
    const std::string line = "0 .5 .5 .2 .2 " + rest;
    EXPECT_EQ(refusal("0 1 1 1 1\n" + line + "\n1 1 1 1 1\n"), "a.txt:2: " + line + more);
    EXPECT_EQ(refusal(line), "a.txt:1: " + line + more);
  }
  EXPECT_EQ(refusal("0 1 1 1 1 \t\r\n0 1 1 1 1"), "accepted");
  EXPECT_EQ(refusal("0.0 .5 .5 .2 .2\n"), "a.txt:1: 0.0 .5 .5 .2 .2" + why);
  EXPECT_EQ(refusal("0 .5 .5 .2\n0 .5 .5 .2 .2\n"), "a.txt:1: 0 .5 .5 .2" + why);
  EXPECT_EQ(refusal("0 0x1p-1 1 1 1 1\n"), "accepted") << "a hexadecimal number isn't read";
}

TEST(ParseLabels, CountsObjectsThatCantBeInAPicture) {
  EXPECT_EQ(labels("0 0 1 1 1\n0 .5 .5 .001 .001\n").impossible, 0U);
  for (const std::string box : {"nan .5 .1 .1", ".5 inf .1 .1", ".5 .5 0 .1", ".5 .5 .1 -.1",
                                "1.01 .5 .1 .1", "-.1 .5 .1 .1", "320 240 64 48", ".5 .5 .1 nan"}) {
    const Labels read = labels("0 .5 .5 .1 .1\n3 " + box + "\n3 " + box + "\n");
    EXPECT_EQ(read.impossible, 2U) << box;
    EXPECT_EQ(read.first_impossible, "a.txt:2: 3 " + box);
    EXPECT_EQ(read.boxes.size(), 3U) << "they count, as in Darknet";
  }
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
