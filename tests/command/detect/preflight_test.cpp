#include "detect/preflight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CheckInputs : public ::testing::Test {
 protected:
  CheckInputs() { folder_.enter(); }

  const TemporaryFolder& folder() const { return folder_; }

  static Result<InputSummary> look(const std::vector<std::string>& arguments,
                                   const OutputOptions& options, const ImageIds& ids = {},
                                   const std::vector<fs::path>& read = {}) {
    auto inputs = Inputs::open(arguments, {options.annotated, -1}).value();
    auto result = check_inputs(inputs, options, ids, read);
    if (result) {
      EXPECT_TRUE(inputs.next()) << "the inputs start again";
    } else {
      EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    }
    return result;
  }

  static std::string refusal(const std::vector<std::string>& arguments,
                             const OutputOptions& options, const std::vector<fs::path>& read = {}) {
    const auto result = look(arguments, options, {}, read);
    return result ? "" : result.error().message;
  }

 private:
  TemporaryFolder folder_;
};

OutputOptions yolo(const std::string& where) {
  OutputOptions options;
  options.yolo = where;
  return options;
}

OutputOptions annotated(const std::string& where) {
  OutputOptions options;
  options.annotated = where;
  return options;
}

OutputOptions coco() {
  OutputOptions options;
  options.coco = "r.json";
  return options;
}

TEST_F(CheckInputs, NoLabelFileIsWrittenOverAFileThatIsRead) {
  folder().write("train.jpg");
  folder().write("train.txt");
  OutputOptions options = yolo(".");
  options.overwrite = true;
  EXPECT_TRUE(look({"train.jpg"}, options));
  EXPECT_EQ(refusal({"train.jpg"}, options, {"", "./train.txt"}),
            "--yolo .: would write over ./train.txt, which this run reads; name another folder");
}

TEST_F(CheckInputs, CountsAndMeasures) {
  folder().write("in/a.jpg");
  folder().write("in/\u65E5.jpg");
  const auto result = look({"in", "x.jpg"}, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pictures, 3U);
  EXPECT_EQ(result->name_width, 9U);
  EXPECT_THAT(result->notices, IsEmpty());
}

TEST_F(CheckInputs, AnInputWithoutAPictureIsRefusedBesideOthers) {
  fs::create_directory("empty");
  EXPECT_THAT(refusal({"a.jpg", "empty"}, {}), HasSubstr("empty: the folder holds no picture"));
}

TEST_F(CheckInputs, TwoLabelsInOneFileAreRefusedNamingBoth) {
  folder().write("in/a.jpg");
  folder().write("in/a.png");
  EXPECT_EQ(refusal({"in"}, yolo("out")),
            "in/a.jpg and in/a.png would both be written to out/a.txt");
  EXPECT_EQ(refusal({"x/b.jpg", "y/b.jpg"}, yolo("out")),
            "x/b.jpg and y/b.jpg would both be written to out/b.txt");
  EXPECT_EQ(refusal({"x/b.jpg", "x/b.jpg"}, yolo("out")),
            "x/b.jpg is named twice (INPUT 1 and INPUT 2); both results would be written to "
            "out/b.txt");
  EXPECT_TRUE(look({"in"}, annotated("out"))) << "a.jpg and a.png";
}

TEST_F(CheckInputs, OnePictureByTwoNamesIsToldWithBothPlaces) {
  folder().write("in/a.jpg");
  folder().write("list", "b.jpg\n\nin/../in/a.jpg\n");
  EXPECT_EQ(refusal({"in", "@list"}, annotated("out")), "");
  folder().write("list", "in/b.jpg\n\nin/../in/a.jpg\n");
  EXPECT_EQ(refusal({"in", "@list"}, annotated("out")),
            "in/a.jpg (INPUT 1) and in/../in/a.jpg (list:3) are the same picture; both results "
            "would be drawn to out/a.jpg");
}

TEST_F(CheckInputs, SkippedFilesAreNoticed) {
  folder().write("in/a.jpg");
  folder().write("in/b.tif");
  const auto result = look({"in", "x.jpg"}, {});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->notices,
              ElementsAre("skipped in in: 1 .tif (only .jpg, .jpeg, .png, .webp, .bmp, .jfif, .jpe "
                          "are read)"));
}

TEST_F(CheckInputs, TwoDrawnPicturesInOneFileAreRefused) {
  folder().write("in/a.jpg");
  folder().write("in/a.webp");
  EXPECT_EQ(refusal({"in"}, annotated("out")),
            "in/a.jpg and in/a.webp would both be drawn to out/a.jpg");
}

TEST_F(CheckInputs, TheSameNameInTwoFoldersBelowIsNoCollision) {
  folder().write("in/x/a.jpg");
  folder().write("in/y/a.jpg");
  OutputOptions both = yolo("out");
  both.annotated = "out";
  EXPECT_TRUE(look({"in"}, both));
}

TEST_F(CheckInputs, AnOriginalIsNeverDrawnOver) {
  folder().write("in/a.jpg");
  EXPECT_EQ(refusal({"in"}, annotated("./in/")),
            "--annotated ./in/: is the folder of the input pictures; name another");
  EXPECT_EQ(refusal({"in/a.jpg"}, annotated("in")),
            "--annotated in: would write over the picture in/a.jpg itself; name another folder");
  EXPECT_EQ(refusal({"in/*.jpg"}, annotated("in")),
            "--annotated in: would write over the picture in/a.jpg itself; name another folder");
  EXPECT_TRUE(look({"in"}, annotated("in/drawn")));
}

TEST_F(CheckInputs, TwoPicturesWithOneCocoIdAreRefused) {
  const std::string remedy = "; --coco-images JSON can give each picture its own";
  EXPECT_EQ(refusal({"x/1.jpg", "y/001.jpg"}, coco()),
            "x/1.jpg and y/001.jpg would both have the COCO image_id 1" + remedy);
  EXPECT_EQ(refusal({"1.jpg", "a.jpg"}, coco()),
            "1.jpg and a.jpg would both have the COCO image_id 1" + remedy);
  EXPECT_EQ(refusal({"val_7.jpg", "train_7.jpg"}, coco()),
            "val_7.jpg and train_7.jpg would both have the COCO image_id 7" + remedy);
  EXPECT_EQ(
      refusal({"7.jpg", "7.jpg"}, coco()),
      "7.jpg is named twice (INPUT 1 and INPUT 2); both results would have the COCO image_id 7");
  EXPECT_TRUE(look({"a.jpg", "b.jpg"}, coco()));
}

TEST_F(CheckInputs, APictureThatIsNamedTwiceHasNotTwoCocoIds) {
  folder().write("a.jpg");
  folder().write("list.txt", "b.jpg\n./a.jpg\n");
  const std::string file = (fs::current_path() / "a.jpg").string();
  EXPECT_EQ(refusal({"a.jpg", "a.jpg"}, coco()),
            "a.jpg is named twice (INPUT 1 and INPUT 2); both results would count as different "
            "COCO images of " +
                file);
  EXPECT_EQ(refusal({"a.jpg", "@list.txt"}, coco()),
            "a.jpg (INPUT 1) and ./a.jpg (list.txt:2) are the same picture; both results would "
            "count as different COCO images of " +
                file);
  EXPECT_EQ(refusal({"a.jpg", "a.jpg"}, {}), "") << "without --coco";
}

TEST_F(CheckInputs, NumbersTooLargeForACocoIdAreTold) {
  const std::string digits(18, '9');
  EXPECT_THAT(refusal({digits + ".jpg", "000" + digits + ".jpg"}, coco()),
              HasSubstr("would both have the COCO image_id " + digits));
  EXPECT_THAT(look({"v_1" + digits + ".jpg", "5.jpg"}, coco())->notices,
              ElementsAre("--coco: the number in the file name of 1 of the 2 pictures has more "
                          "than 18 digits; their image_id is their index, from 0; --coco-images "
                          "JSON can give each picture its own"));
}

TEST_F(CheckInputs, PicturesThatTheJsonDoesntListAreCounted) {
  OutputOptions options = coco();
  options.coco_images = folder().write("i.json", R"([{"file_name": "a.jpg", "id": 9}])");
  const auto ids = ImageIds::load(options.coco_images).value();
  const auto result = look({"a.jpg", "b.jpg"}, options, ids);
  ASSERT_TRUE(result);
  EXPECT_THAT(
      result->notices,
      ElementsAre(HasSubstr("i.json: doesn't list 1 of the 2 pictures; their COCO image_id is the "
                            "number in their file name, or their index"),
                  HasSubstr("the file name of 1 of the 2 pictures")));
}

TEST_F(CheckInputs, PicturesWhoseCocoIdIsTheirIndexAreCounted) {
  const auto result = look({"x.jpg", "COCO_val2014_000000000436.jpg", "y.jpg"}, coco());
  ASSERT_TRUE(result);
  EXPECT_THAT(
      result->notices,
      ElementsAre("--coco: the file name of 2 of the 3 pictures is neither a number (as 139.jpg) "
                  "nor has one after its last _ (as val_139.jpg); their image_id is their index, "
                  "from 0; --coco-images JSON can give each picture its own"));
  EXPECT_THAT(look({"img9.jpg"}, coco())->notices, ElementsAre(HasSubstr("is neither a number")));
  EXPECT_THAT(look({"x.jpg"}, {})->notices, IsEmpty()) << "without --coco";
  EXPECT_THAT(look({"5.jpg", "v_6.jpg"}, coco())->notices, IsEmpty());
}

TEST_F(CheckInputs, LabelsThatExistAreNotReplaced) {
  folder().write("in/a.jpg");
  folder().write("in/sub/b.jpg");
  folder().write("labels/classes.txt");
  folder().write("labels/a.jpg");
  folder().write("labels/a.txt.partial");
  EXPECT_EQ(refusal({"in"}, yolo("labels")), "") << "none of this run's names";
  folder().write("labels/sub/b.txt");
  const std::string remedy =
      "; name another folder, or give --overwrite to replace the label files";
  EXPECT_EQ(refusal({"in"}, yolo("labels")),
            "--yolo labels: labels/sub/b.txt exists already" + remedy);
  EXPECT_EQ(refusal({"in/sub/b.jpg"}, yolo("labels")), "") << "it would be labels/b.txt";
  OutputOptions options = yolo("labels");
  options.overwrite = true;
  EXPECT_EQ(refusal({"in"}, options), "");
  folder().write("in/a.txt");
  EXPECT_EQ(refusal({"in/a.jpg"}, yolo("in")), "--yolo in: in/a.txt exists already" + remedy);
  folder().write("list.txt", "in/sub/b.jpg\nin/a.jpg\n");
  EXPECT_EQ(refusal({"@list.txt"}, yolo("labels")),
            "--yolo labels: labels/sub/b.txt exists already" + remedy);
  EXPECT_EQ(refusal({"@list.txt"}, yolo("new")), "");
  fs::create_symlink("gone", "labels/c.txt");
  EXPECT_EQ(refusal({"c.jpg"}, yolo("labels")),
            "--yolo labels: labels/c.txt exists already" + remedy);
}

TEST(CheckOutputs, StandardOutputIsThereOnce) {
  OutputOptions options;
  options.table = true;
  options.output = "-";
  EXPECT_THAT(check_outputs(options).error().message, HasSubstr("only one of --table"));
  options.output = "";
  options.coco = "-";
  EXPECT_FALSE(check_outputs(options));
  options.coco = "";
  EXPECT_TRUE(check_outputs(options));
  options.darknet = true;
  EXPECT_EQ(check_outputs(options).error().message,
            "only one of --table (--format table), --format darknet, --output -, --coco -, "
            "--darknet-json - and --report - can be on standard output");
  options.table = false;
  EXPECT_TRUE(check_outputs(options));
  options.darknet_json = "-";
  EXPECT_FALSE(check_outputs(options));
}

TEST(CheckOutputs, TwoOutputsAreTwoFiles) {
  OutputOptions options;
  options.output = "./a";
  options.coco = "a";
  EXPECT_EQ(check_outputs(options).error().message, "--output and --coco name the same file, ./a");
  options.coco = "b";
  EXPECT_TRUE(check_outputs(options));
  options.darknet_json = "b";
  EXPECT_EQ(check_outputs(options).error().message,
            "--coco and --darknet-json name the same file, b");
}

TEST(CheckOutputs, WhatYoloNeedsNeedsYolo) {
  for (const bool confidence : {true, false}) {
    OutputOptions options;
    options.yolo_confidence = confidence;
    options.overwrite = !confidence;
    EXPECT_EQ(check_outputs(options).error().message,
              "--yolo-confidence and --overwrite need --yolo DIR");
    options.yolo = "labels";
    EXPECT_TRUE(check_outputs(options));
  }
}

TEST(CheckOutputs, WhatCocoNeedsNeedsCoco) {
  OutputOptions options;
  options.coco_images = "i.json";
  EXPECT_THAT(check_outputs(options).error().message, HasSubstr("need --coco FILE"));
}

}  // namespace
}  // namespace yolofleet::command
