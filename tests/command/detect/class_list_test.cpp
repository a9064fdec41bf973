#include "detect/class_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;

/// A model of four classes; without a text, they have no names.
Model model(std::string_view names) {
  const TemporaryFolder folder;
  const auto cfg = folder.write("a.cfg",
                                "[net]\nwidth=64\nheight=64\nchannels=3\n[convolutional]\nfilters=9"
                                "\nactivation=linear\n[yolo]\nmask=0\nanchors=1,1\nclasses=4\nnum="
                                "1\n");
  // A header, and (3 weights and a bias) x 9 filters.
  const auto weights = folder.write(
      "a.weights", std::string("\0\0\0\0\2\0\0\0", 8) + std::string(12 + 36 * sizeof(float), '\0'));
  ModelFiles files{cfg, weights, {}};
  if (!names.empty()) {
    files.names = folder.write("a.names", names);
  }
  return Model::load(files).value();
}

std::string refusal(const std::string& list, const Model& of) {
  const auto classes = class_list(list, of);
  return classes ? "accepted" : classes.error().message;
}

TEST(ClassList, HasNamesAndNumbers) {
  const Model animals = model("cat\nblack dog\n7\ndont_show cat\n");
  EXPECT_THAT(class_list("black dog,0", animals).value(), ElementsAre(1, 0));
  EXPECT_THAT(class_list("7,3", animals).value(), ElementsAre(2, 3)) << "a name comes first";
  EXPECT_THAT(class_list("dont_show cat", animals).value(), ElementsAre(3));
  EXPECT_THAT(class_list(" cat ,\t3", animals).value(), ElementsAre(0, 3)) << "blanks around";
  EXPECT_THAT(class_list("2", model("")).value(), ElementsAre(2));
  EXPECT_THAT(class_list("cat", model("cat\ndog\ncat\nbird\n")).value(), ElementsAre(0, 2));
}

TEST(ClassList, RefusesOtherWordsWithTheNearestName) {
  const Model animals = model("cat\nblack dog\n7\ndont_show cat\n");
  EXPECT_EQ(refusal("cat,blackdog", animals),
            "--classes: no class of the model is called 'blackdog': did you mean 'black dog'?");
  EXPECT_EQ(refusal("Cat", animals),
            "--classes: no class of the model is called 'Cat': did you mean 'cat'?");
  for (const char* list : {"cat,", ",cat", "cat, ,7"}) {
    EXPECT_EQ(refusal(list, animals), "--classes: a name is empty: there is a comma too many");
  }
  EXPECT_EQ(refusal("4", animals), "--classes: 4: the model's classes are 0 to 3");
  EXPECT_EQ(refusal("-1", animals), "--classes: -1: the model's classes are 0 to 3");
  EXPECT_EQ(refusal("cat", model("")),
            "--classes: cat: the model's classes are 0 to 3, without names");
}

}  // namespace
}  // namespace yolofleet::command
