#include "shared/model_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"
#include "detect/options.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseInputSize, TakesWidthAndHeight) {
  EXPECT_EQ(parse_input_size("608x416").value(), (InputSize{608, 416}));
}

TEST(ParseInputSize, RefusesAnythingElse) {
  for (const char* text : {"", "608", "x", "608x", "x416", "608x416x3", "608X416", "0x416", "-1x5",
                           "608x416 ", "99999999999x1"}) {
    const auto size = parse_input_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().message, std::string("--input-size ") + text +
                                        ": isn't a width and a height in pixels, such as 608x416");
  }
}

TEST(TakeModel, IsTheFirstArgument) {
  ModelArguments model;
  std::vector<std::string> positional{"m", "a.jpg"};
  ASSERT_TRUE(take_model(model, positional));
  EXPECT_EQ(model.model, "m");
  EXPECT_THAT(positional, ElementsAre("a.jpg"));
}

TEST(TakeModel, IsNoArgumentBesideACfg) {
  ModelArguments model;
  model.cfg = "m.cfg";
  std::vector<std::string> positional{"a.jpg"};
  ASSERT_TRUE(take_model(model, positional));
  EXPECT_THAT(positional, ElementsAre("a.jpg"));
}

TEST(TakeModel, RefusesAPartOfAModel) {
  ModelArguments model;
  std::vector<std::string> positional;
  EXPECT_THAT(take_model(model, positional).error().message,
              HasSubstr("no model: name a folder that holds it, or give --cfg and --weights"));
  model.weights = "m.weights";
  positional = {"a.jpg"};
  EXPECT_THAT(take_model(model, positional).error().message,
              HasSubstr("--weights and --names need --cfg FILE; a MODEL folder has its own files"));
}

TEST(TakeModel, TakesADataFileBesideACfg) {
  ModelArguments model;
  std::vector<std::string> positional{"obj.data", "a.jpg"};
  model.cfg = "m.cfg";
  ASSERT_TRUE(take_model(model, positional));
  EXPECT_EQ(model.data, "obj.data");
  EXPECT_EQ(model.model, "");
  EXPECT_THAT(positional, ElementsAre("a.jpg"));
  EXPECT_EQ(check_model(model).error().message,
            "obj.data: a .data file names no network: give --weights FILE, too");
  model.weights = "m.weights";
  EXPECT_TRUE(check_model(model));
}

TEST(TakeModel, RefusesADataFileAlone) {
  ModelArguments model;
  std::vector<std::string> positional{"obj.data"};
  EXPECT_EQ(take_model(model, positional).error().message,
            "obj.data: a .data file names no network: give --cfg FILE and --weights FILE, too");
  model.weights = "m.weights";
  positional = {"obj.data"};
  EXPECT_EQ(take_model(model, positional).error().message,
            "obj.data: a .data file names no network: give --cfg FILE, too");
}

TEST(TakeModel, ADataFileMayHaveAnyName) {
  const TemporaryFolder folder;
  folder.enter();
  folder.write("x.txt", "# mine\nclasses = 2\nnames = x.names\n");
  folder.write("list.txt", "a.jpg\n");
  ModelArguments model;
  std::vector<std::string> positional{"x.txt"};
  EXPECT_EQ(take_model(model, positional).error().message,
            "x.txt: a .data file names no network: give --cfg FILE and --weights FILE, too");
  positional = {"x.txt"};
  EXPECT_EQ(take_model(model, positional, false).error().message,
            "x.txt: a .data file names no network: give --cfg FILE, too");
  model.cfg = "m.cfg";
  positional = {"x.txt", "a.jpg"};
  ASSERT_TRUE(take_model(model, positional));
  EXPECT_EQ(model.data, "x.txt");
  EXPECT_THAT(positional, ElementsAre("a.jpg"));
  positional = {"list.txt"};
  model.data = "";
  ASSERT_TRUE(take_model(model, positional));
  EXPECT_EQ(model.data, "");
}

TEST(TakeModel, AFolderWithSuchANameIsAFolder) {
  const TemporaryFolder folder;
  folder.write("m.data/m.cfg");
  ModelArguments model;
  std::vector<std::string> positional{(folder.path() / "m.data").string()};
  ASSERT_TRUE(take_model(model, positional));
  EXPECT_EQ(model.data, "");
}

TEST(FilesOf, HasTheDataFileAndItsNames) {
  const TemporaryFolder folder;
  ModelArguments model;
  model.data = folder.write("a.data", "names=a.names\n").string();
  const auto names = folder.write("a.names");
  EXPECT_THAT(files_of(model), ::testing::IsSupersetOf({std::filesystem::path(model.data), names}));
}

TEST(LoadModel, RefusesACfgWithoutWeightsAndAFileForAFolder) {
  const TemporaryFolder folder;
  ModelArguments model;
  model.cfg = "m.cfg";
  EXPECT_THAT(load_model(model).error().message,
              HasSubstr("--cfg m.cfg: needs --weights FILE, too"));
  model.cfg = "";
  model.model = folder.write("a.jpg").string();
  EXPECT_THAT(load_model(model).error().message,
              HasSubstr("a.jpg: is a file; the first argument is the MODEL"));
  model.input_size = "5";
  EXPECT_THAT(load_model(model).error().message, HasSubstr("--input-size 5"));
}

TEST(LibraryOptions, FollowTheArguments) {
  DetectArguments arguments;
  EXPECT_EQ(library_options(arguments)->resize, Resize::kModel);
  EXPECT_EQ(library_options(arguments)->precision, Precision::kAuto);
  EXPECT_FALSE(library_options(arguments)->keep_pixels);
  arguments.resize.how = "stretch";
  arguments.device.precision = "fp32";
  arguments.outputs.annotated = "x";
  EXPECT_EQ(library_options(arguments)->resize, Resize::kStretch);
  EXPECT_EQ(library_options(arguments)->precision, Precision::kFp32);
  EXPECT_TRUE(library_options(arguments)->keep_pixels);
  EXPECT_EQ(library_options(arguments)->decode, Decode::kAuto);
  EXPECT_EQ(library_options(arguments)->decode_scale, DecodeScale::kOff);
  arguments.device.decode = "cpu";
  arguments.device.decode_scale = "auto";
  EXPECT_EQ(library_options(arguments)->decode, Decode::kCpu);
  EXPECT_EQ(library_options(arguments)->decode_scale, DecodeScale::kAuto);
  arguments.device.decode = "gpu";
  EXPECT_EQ(library_options(arguments)->decode, Decode::kGpu);
  arguments.resize.how = "letterbox";
  arguments.device.precision = "bf16";
  EXPECT_EQ(library_options(arguments)->resize, Resize::kLetterbox);
  EXPECT_EQ(library_options(arguments)->precision, Precision::kBf16);
  arguments.resize.how = "model";
  arguments.resize.letterbox = true;
  EXPECT_EQ(library_options(arguments)->resize, Resize::kLetterbox);
}

TEST(LibraryOptions, RefuseContradictions) {
  DetectArguments arguments;
  arguments.resize.letterbox = true;
  arguments.resize.how = "stretch";
  EXPECT_THAT(library_options(arguments).error().message,
              HasSubstr("--letterbox and --resize stretch can't be used together"));
  arguments.resize.letterbox = false;
  arguments.quiet = true;
  arguments.verbose = true;
  EXPECT_THAT(library_options(arguments).error().message, HasSubstr("--quiet and --verbose"));
}

}  // namespace
}  // namespace yolofleet::command
