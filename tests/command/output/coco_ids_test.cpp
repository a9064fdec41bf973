#include "output/coco_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"
#include "input/read.hpp"
#include "output/coco_images.hpp"

namespace yolofleet::command {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

Entry entry(const std::string& name, const std::string& relative) {
  return {name, relative, std::nullopt, false};
}

ImageIds ids(const std::string& json) {
  const TemporaryFolder folder;
  return ImageIds::load(folder.write("i.json", json)).value();
}

std::string refusal(const std::string& json) {
  const TemporaryFolder folder;
  const auto loaded = ImageIds::load(folder.write("i.json", json));
  return loaded ? "" : loaded.error().message;
}

TEST(ImageIds, AreTheNumberOfTheFileNameElseTheIndex) {
  const ImageIds none;
  EXPECT_EQ(none.id(entry("x/000000000139.jpg", "000000000139.jpg"), 5), 139);
  EXPECT_EQ(none.id(entry("0.jpg", "0.jpg"), 5), 0);
  EXPECT_EQ(none.id(entry("a1.jpg", "a1.jpg"), 5), 5);
  EXPECT_EQ(none.id(entry("-1.jpg", "-1.jpg"), 5), 5);
  EXPECT_EQ(none.id(entry("-", "stdin"), 5), 5);
  EXPECT_EQ(none.id(entry("", "1234567890123456789.jpg"), 5), 5) << "more than 18 digits";
}

TEST(ImageIds, AreTheDigitsBehindTheLastUnderscore) {
  const auto number = [](const char* name) { return ImageIds::number_of(entry(name, name)); };
  EXPECT_EQ(number("COCO_val2014_000000000436.jpg"), 436);
  EXPECT_EQ(number("_7.jpg"), 7);
  EXPECT_EQ(number("a_1_2.jpg"), 2);
  EXPECT_EQ(number("a_999999999999999999.jpg"), 999'999'999'999'999'999);
  EXPECT_EQ(number("in_3/a.jpg"), std::nullopt);
  for (const char* name : {"a_.jpg", "a_-1.jpg", "a_1b.jpg", "1_a.jpg", "a-1.jpg", "_.jpg",
                           "a_1234567890123456789.jpg"}) {
    EXPECT_EQ(number(name), std::nullopt) << name;
  }
  EXPECT_EQ(ImageIds().id(entry("", "COCO_val2014_000000000436.jpg"), 5), 436);
  EXPECT_EQ(ImageIds().id(entry("", "1_a.jpg"), 5), 5);
}

TEST(ImageIds, ComeFromCocosAnnotations) {
  const ImageIds listed = ids(
      R"({"info": {"images": 3}, "annotations": [{"id": [1, {"images": []}]}],
          "images": [{"file_name": "a.jpg", "id": 11, "width": 5}, {"id": 12, "file_name": "s/b.jpg"}]})");
  EXPECT_EQ(listed.id(entry("in/a.jpg", "a.jpg"), 0), 11);
  EXPECT_EQ(listed.id(entry("in/x/a.jpg", "x/a.jpg"), 0), 11) << "by the bare name";
  EXPECT_EQ(listed.id(entry("in/s/b.jpg", "s/b.jpg"), 0), 12) << "by the path below the folder";
  EXPECT_EQ(listed.id(entry("other/b.jpg", "b.jpg"), 0), 12);
  EXPECT_EQ(listed.id(entry("7.jpg", "7.jpg"), 0), 7);
  EXPECT_FALSE(listed.listed(entry("7.jpg", "7.jpg")));
}

TEST(ImageIds, AListAloneWillDo) {
  EXPECT_EQ(ids(R"([{"file_name": "a.jpg", "id": 4}])").id(entry("a.jpg", "a.jpg"), 0), 4);
}

TEST(ImageIds, ABareNameThatSeveralHaveIsNoAnswer) {
  const ImageIds listed =
      ids(R"([{"file_name": "x/a.jpg", "id": 1}, {"file_name": "y/a.jpg", "id": 2}])");
  EXPECT_EQ(listed.listed(entry("in/y/a.jpg", "y/a.jpg")), 2);
  EXPECT_FALSE(listed.listed(entry("z/a.jpg", "a.jpg")));
}

TEST(ImageIds, BadFilesAreNamed) {
  EXPECT_THAT(refusal("{\"images\": ["), HasSubstr("i.json: isn't JSON: "));
  EXPECT_THAT(refusal(""), HasSubstr("i.json: isn't JSON: "));
  EXPECT_THAT(refusal("\xFF\xD8"), HasSubstr("i.json: isn't JSON: line 1, column 1: invalid "));
  EXPECT_THAT(refusal("a.jpg\n"),
              EndsWith("; it must be an annotation file of COCO: {\"images\": [...]}"));
  EXPECT_EQ(ImageIds::load("/").error().message,
            "/: is a folder; it must be an annotation file of COCO (JSON)");
  EXPECT_THAT(refusal("{}"), HasSubstr("i.json: holds no list of images: {\"images\": [{"));
  EXPECT_THAT(refusal("{\"images\": 3}"), HasSubstr("holds no list of images"));
  const std::string lacking = "(from 0) lacks a \"file_name\" (text) or an \"id\" (whole number)";
  EXPECT_THAT(refusal("[3]"), HasSubstr("image 0 " + lacking));
  EXPECT_THAT(refusal(R"([{"file_name": "a", "id": 1}, {"file_name": "b"}])"),
              HasSubstr("image 1 " + lacking));
  EXPECT_THAT(refusal(R"([{"file_name": "a", "id": "1"}])"), HasSubstr(lacking));
  EXPECT_THAT(refusal(R"([{"file_name": 5, "id": 1}])"), HasSubstr(lacking));
  EXPECT_THAT(refusal(R"([{"file_name": "a", "id": 1}, {"file_name": "a", "id": 2}])"),
              HasSubstr("\"a\" has the ids 1 and 2"));
  EXPECT_THAT(ImageIds::load("gone.json").error().message,
              HasSubstr("gone.json: can't be read: no such file"));
}

TEST(ImageIds, ANumberBeyondItsTypeIsRefused) {
  EXPECT_THAT(refusal(R"([{"file_name": "a", "id": 1e999}])"),
              HasSubstr("i.json: isn't JSON: number overflow parsing '1e999'; "));
  EXPECT_THAT(refusal(R"({"annotations": [-1e999], "images": []})"), HasSubstr("isn't JSON: "));
  EXPECT_EQ(refusal(R"([{"file_name": "a", "id": 9223372036854775807}])"), "");
  EXPECT_THAT(refusal(R"([{"file_name": "a", "id": 9223372036854775808}])"),
              HasSubstr("image 0 (from 0) lacks"));
}

TEST(ImageIds, OfTwoEqualKeysTheLastCounts) {
  EXPECT_EQ(ids(R"([{"id": 1, "file_name": "a", "id": 2}])").listed(entry("a", "a")), 2);
  EXPECT_THAT(refusal(R"([{"id": 1, "file_name": "a", "id": {"id": 2}}])"), HasSubstr("lacks"));
  EXPECT_THAT(refusal(R"([{"file_name": "a", "id": 1, "file_name": null}])"), HasSubstr("lacks"));
}

TEST(ImageIds, OnlyTheListOfTheWholeCounts) {
  EXPECT_THAT(refusal(R"({"info": {"images": [{"file_name": "a", "id": 1}]}})"),
              HasSubstr("holds no list of images"));
  EXPECT_EQ(ids(R"({"images": [{"file_name": "a", "id": 1, "x": [{"id": 2}]}], "b": [3]})")
                .listed(entry("a", "a")),
            1);
}

TEST(ImageIds, ALongNameIsRefused) {
  const std::string longest(kMaxPathBytes, 'n');
  EXPECT_EQ(refusal(R"([{"id": 1, "file_name": ")" + longest + R"("}])"), "");
  EXPECT_THAT(refusal(R"([{"id": 1, "file_name": "n)" + longest + R"("}])"),
              HasSubstr("i.json: image 0 (from 0) has a \"file_name\" of 4096 bytes; at most 4095 "
                        "are allowed"));
}

TEST(ImageIds, AMessageDoesntQuoteAllOfAFile) {
  const std::string name(4000, 'n');
  EXPECT_LT(refusal(R"([")" + name).size(), 400U);
  const std::string image = R"({"file_name": ")" + name + R"(", "id": )";
  const std::string twice = refusal("[" + image + "1}, " + image + "2}]");
  EXPECT_THAT(twice, HasSubstr("nnn...\" has the ids 1 and 2"));
  EXPECT_LT(twice.size(), 200U);
}

TEST(ImageIds, ValuesHaveASize) {
  const std::string over = "more than 4194304 bytes in a text or number, or between two of them";
  const std::string blanks(3U << 20U, ' ');
  EXPECT_EQ(refusal("{\"a\":" + blanks + "1, \"b\":" + blanks + "[], \"images\": []}"), "");
  EXPECT_THAT(refusal("{\"a\":" + blanks + "[" + blanks + "]}"), HasSubstr("i.json: " + over));
  EXPECT_THAT(refusal("[\"" + std::string(5U << 20U, 'a')), HasSubstr(over));
  EXPECT_THAT(refusal("[" + std::string(5U << 20U, '1') + "]"), HasSubstr(over));
  EXPECT_THAT(refusal(std::string(5U << 20U, '[')), HasSubstr("lacks")) << "seen before";
}

TEST(ImageIds, DeepNestingIsNoTrouble) {
  EXPECT_THAT(refusal(R"({"a": )" + std::string(200'000, '[')), HasSubstr("isn't JSON"));
  EXPECT_THAT(refusal(std::string(200'000, '[') + std::string(200'000, ']')), HasSubstr("lacks"));
  const std::string nested = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_EQ(refusal(R"({"a": )" + nested + R"(, "images": []})"), "");
}

TEST(ListedImages, AreSoMany) {
  EXPECT_TRUE(check_listed_image(kMaxListedImages - 1, std::string(kMaxPathBytes, 'a')));
  const auto one_more = check_listed_image(kMaxListedImages, "a");
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(one_more.error().message, "more than 4194304 images");
}

std::vector<std::string> coco_names() {
  return {"person",        "bicycle",       "car",           "motorbike",
          "aeroplane",     "bus",           "train",         "truck",
          "boat",          "traffic light", "fire hydrant",  "stop sign",
          "parking meter", "bench",         "bird",          "cat",
          "dog",           "horse",         "sheep",         "cow",
          "elephant",      "bear",          "zebra",         "giraffe",
          "backpack",      "umbrella",      "handbag",       "tie",
          "suitcase",      "frisbee",       "skis",          "snowboard",
          "sports ball",   "kite",          "baseball bat",  "baseball glove",
          "skateboard",    "surfboard",     "tennis racket", "bottle",
          "wine glass",    "cup",           "fork",          "knife",
          "spoon",         "bowl",          "banana",        "apple",
          "sandwich",      "orange",        "broccoli",      "carrot",
          "hot dog",       "pizza",         "donut",         "cake",
          "chair",         "sofa",          "pottedplant",   "bed",
          "diningtable",   "toilet",        "tvmonitor",     "laptop",
          "mouse",         "remote",        "keyboard",      "cell phone",
          "microwave",     "oven",          "toaster",       "sink",
          "refrigerator",  "book",          "clock",         "vase",
          "scissors",      "teddy bear",    "hair drier",    "toothbrush"};
}

TEST(CategoryIds, AreCocosForCocosNames) {
  auto names = coco_names();
  const auto darknet = CategoryIds::for_names(names);
  EXPECT_EQ(darknet[0], 1);
  EXPECT_EQ(darknet[11], 13) << "12 is left out";
  EXPECT_EQ(darknet[60], 67);
  EXPECT_EQ(darknet[79], 90);
  names[3] = "motorcycle";
  names[57] = "couch";
  EXPECT_EQ(CategoryIds::for_names(names)[79], 90) << "COCO's own spelling";
}

TEST(CategoryIds, AreTheClassPlusOneForOtherNames) {
  auto names = coco_names();
  names[79] = "comb";
  EXPECT_EQ(CategoryIds::for_names(names)[79], 80);
  names.resize(10);
  EXPECT_EQ(CategoryIds::for_names(names)[0], 1) << "only some of COCO's";
}

TEST(CategoryIds, ComeFromAMap) {
  const TemporaryFolder folder;
  const auto file = folder.write("m", "# ids\n18 dog\r\n\n  17\n-4\tx");
  const auto categories = CategoryIds::load(file, 3);
  ASSERT_TRUE(categories) << categories.error().message;
  EXPECT_EQ((*categories)[0], 18);
  EXPECT_EQ((*categories)[1], 17);
  EXPECT_EQ((*categories)[2], -4);
}

TEST(CategoryIds, ABadMapIsNamedWithItsLine) {
  const TemporaryFolder folder;
  EXPECT_THAT(CategoryIds::load(folder.write("m", "1\ndog 2\n"), 2).error().message,
              HasSubstr("m:2: 'dog 2' doesn't start with a category id"));
  EXPECT_THAT(CategoryIds::load(folder.write("m", "1\n2dog\n"), 2).error().message,
              HasSubstr("m:2: '2dog' doesn't start"));
  EXPECT_THAT(CategoryIds::load(folder.write("m", "99999999999999999999\n"), 1).error().message,
              HasSubstr("m:1: "));
  EXPECT_THAT(CategoryIds::load(folder.write("m", "1\n2\n"), 3).error().message,
              HasSubstr("m: 2 category ids, but the model has 3 classes"));
  EXPECT_THAT(CategoryIds::load(folder.write("m", std::string(100, 'x')), 3).error().message,
              HasSubstr("m:1: '" + std::string(60, 'x') + "...' doesn't start"));
  EXPECT_THAT(
      CategoryIds::load(folder.write("m", std::string((4U << 20U) + 1, '#')), 3).error().message,
      HasSubstr("m: 4194305 bytes; at most 4194304 are read"));
  EXPECT_THAT(CategoryIds::load("gone", 3).error().message, HasSubstr("gone: can't be read"));
}

}  // namespace
}  // namespace yolofleet::command
