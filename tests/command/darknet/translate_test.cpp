#include "darknet/translate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/Option.hpp>
#include <sstream>

#include "command/temporary_folder.hpp"
#include "darknet/words.hpp"
#include "shared/darknet_options.hpp"
#include "shared/subcommands.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class Translate : public ::testing::Test {
 protected:
  Translate() {
    add_detect(app_, exit_code_);
    add_eval(app_, exit_code_);
    add_bench(app_, exit_code_);
  }

  const CLI::App& detect_app() const { return *app_.get_subcommand("detect"); }

  std::optional<Translation> translate(const std::string& line) const {
    std::istringstream stream("yf " + line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
      words.push_back(word);
    }
    return translate_darknet(app_, words);
  }

 private:
  CLI::App app_;
  int exit_code_ = 0;
};

TEST_F(Translate, OnlyDarknetsCommands) {
  for (const char* line :
       {"", "detect", "detect m a.jpg", "detect m.cfg a.jpg", "inspect detector",
        "detect --cfg m.cfg --weights m.weights a.jpg", "eval a.cfg b.weights"}) {
    EXPECT_FALSE(translate(line)) << line;
  }
  EXPECT_TRUE(translate("detect M.CFG m.Weights"));
  EXPECT_TRUE(translate("detector"));
}

TEST_F(Translate, WordsAreTakenApartAsByDarknet) {
  const std::vector<std::string> words{
      "a.data",  "-thresh", "0.3", "-dont_show", "x.cfg", "-frob", "5",
      "--nms",   "0.5",     "-q",  "-5",         "-",     "-o",    "f",
      "--cfg=y", "-gpus",   "0,1", "-max_boxes", "9",     "-nib",  "-out"};
  const DarknetWords taken = darknet_words(words, detect_app());
  EXPECT_THAT(taken.names, ElementsAre("a.data", "x.cfg", "-5", "-"));
  EXPECT_THAT(taken.options, ElementsAre(Pair("thresh", "0.3"), Pair("dont_show", ""),
                                         Pair("gpus", "0,1"), Pair("out", "")));
  EXPECT_THAT(taken.ours,
              ElementsAre("--nms", "0.5", "-q", "-o", "f", "--cfg=y", "--max-detections", "9"));
  EXPECT_THAT(taken.unknown, ElementsAre("-frob 5", "-nib"));
  EXPECT_EQ(taken.option("thresh"), "0.3");
  EXPECT_EQ(taken.option("map"), std::nullopt);
}

TEST_F(Translate, TheModelsFilesAreKnownByTheirEndings) {
  const auto files = [](std::vector<std::string> names, bool data) {
    const ModelWords model = model_words(names, data);
    return fmt::format("{} {} {} {}", model.data.value_or("-"), model.cfg.value_or("-"),
                       model.weights.value_or("-"), model.count);
  };
  EXPECT_EQ(files({"a.data", "b.cfg", "c.weights", "d.jpg"}, true), "a.data b.cfg c.weights 3");
  EXPECT_EQ(files({"a", "b", "c", "d"}, true), "a b c 3");
  EXPECT_EQ(files({"b.CFG", "c.backup", "d.jpg"}, true), "- b.CFG c.backup 2");
  for (const char* picture : {"d.jpg", "d.mp4", "rtsp://d", "d.txt"}) {
    EXPECT_EQ(files({"a.data", "b.cfg", picture}, true), "a.data b.cfg - 2") << picture;
  }
  EXPECT_EQ(files({}, true), "- - - 0");
  EXPECT_EQ(files({"b.cfg", "c.weights"}, false), "- b.cfg c.weights 2");
}

TEST_F(Translate, EveryOptionIsTranslatedOrTold) {
  for (const DarknetOption& option : darknet_options()) {
    for (const char* function : {"test", "map", "valid", "recall", "demo"}) {
      const std::string given = "-" + std::string(option.name);
      const std::string line =
          std::string("detector ") + function + " a.data b.cfg c.weights v.mp4";
      const Translation without = translate(line).value();
      const Translation with =
          translate(line + ' ' + given + (option.takes_value ? " 7" : "")).value();
      EXPECT_TRUE(with.command != without.command || with.notes.size() > without.notes.size())
          << line << ' ' << given;
    }
  }
}

TEST_F(Translate, TextHasTheCommandOnALineOfItsOwn) {
  EXPECT_EQ(translation_text({"detector test", "yf detect 'a b'", {"one", "two\x1B"}}),
            "yolofleet: error: `detector test` is Darknet's; the same here:\n"
            "  yf detect 'a b'\nyolofleet: one\nyolofleet: two?\n");
  EXPECT_EQ(translation_text({"detector train", "", {"it can't", "two"}}),
            "yolofleet: error: `detector train` is Darknet's: it can't\nyolofleet: two\n");
}

TEST_F(Translate, TheProgramIsNamedAsItWasCalled) {
  EXPECT_EQ(translate("detector test a.data b.cfg c.weights p.jpg")->command,
            "yf detect a.data --cfg b.cfg --weights c.weights p.jpg");
  EXPECT_THAT(translate("detector test a.data b.cfg c.weights p.jpg")->notes, IsEmpty());
}

TEST(ValidList, IsFoundFromHereOrFromTheDataFile) {
  const TemporaryFolder folder;
  folder.enter();
  folder.write("data/obj.data", "classes=2\n valid = lists/valid.txt \r\nnames=x\n");
  EXPECT_EQ(valid_list_of("data/obj.data"), "lists/valid.txt") << "there is none";
  folder.write("data/lists/valid.txt");
  EXPECT_EQ(valid_list_of("data/obj.data"), "data/lists/valid.txt");
  folder.write("lists/valid.txt");
  EXPECT_EQ(valid_list_of("data/obj.data"), "lists/valid.txt");
  folder.write("other.data", "classes=2\n");
  EXPECT_EQ(valid_list_of("other.data"), "data/train.list");
  EXPECT_EQ(valid_list_of("gone.data"), std::nullopt);
  folder.write("huge.data", "valid=a.txt\n" + std::string(1U << 20U, '#'));
  EXPECT_EQ(valid_list_of("huge.data"), std::nullopt);
  EXPECT_EQ(valid_list_of("data"), std::nullopt);
}

TEST(DevicesHere, AreOurNamesOfDarknetsNumbers) {
  EXPECT_EQ(devices_here("0"), "cuda:0");
  EXPECT_EQ(devices_here("0,2"), "cuda:0,cuda:2");
  EXPECT_EQ(devices_here("-1"), "cpu");
}

TEST(LabelFolder, IsDarknets) {
  EXPECT_EQ(label_folder_of("a.jpg"), ".");
  EXPECT_EQ(label_folder_of("/a.jpg"), "/");
  EXPECT_EQ(label_folder_of("in/a.jpg"), "in");
  EXPECT_EQ(label_folder_of("VOC/JPEGImages/a.jpg"), "VOC/labels");
  EXPECT_EQ(label_folder_of("/c/images/val2014/a.jpg"), "/c/labels/val2014");
  EXPECT_EQ(label_folder_of("c/images/a.jpg"), "c/images");
}

}  // namespace
}  // namespace yolofleet::command
