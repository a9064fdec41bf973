// Darknet's own outputs. The expected texts are what its format strings give (draw_detections_v3 in
// src/image.c, test_detector in src/detector.c, detection_to_json in src/network.c).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "output/darknet_json.hpp"
#include "output/darknet_text.hpp"

namespace yolofleet::command {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kThree{"bicycle", "dog", "black \"cat\""};

Outcome drawn() {
  Outcome made{4, {"data/dog.jpg", "dog.jpg", std::nullopt, false}, {}, 0.0123456};
  made.result.width = 768;
  made.result.height = 576;
  made.result.detections = {{{128.4F, 224.5F, 183, 315.49F}, 1, 0.9906F},
                            {{-3.2F, -0.4F, 1200, 60}, 0, 0.255F},
                            {{128.4F, 224.5F, 183, 315.49F}, 0, 0.3F}};
  return made;
}

LayerInfo layer(int index, const std::string& kind) {
  LayerInfo made;
  made.index = index;
  made.kind = kind;
  return made;
}

TEST(DarknetText, IsThatOfExtOutput) {
  EXPECT_EQ(darknet_text(drawn(), kThree),
            "data/dog.jpg: Predicted in 12.345600 milli-seconds.\n"
            "bicycle: 26%\t(left_x:   -3   top_y:   -0   width: 1200   height:   60)\n"
            "dog: 99%\t(left_x:  128   top_y:  225   width:  183   height:  315)\n"
            "bicycle: 30%\t(left_x:  128   top_y:  225   width:  183   height:  315)\n");
}

TEST(DarknetText, RoundsAsPrintfDoes) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> side(-50.0F, 2000.0F);
  for (int i = 0; i < 2000; ++i) {
    const float confidence = static_cast<float>(i) / 2000.0F;
    const Box box{side(random), side(random), std::abs(side(random)), std::abs(side(random))};
    Outcome made = drawn();
    made.result.detections = {{box, 1, confidence}};
    std::array<char, 200> expected{};
    std::snprintf(expected.data(), expected.size(),
                  "dog: %.0f%%\t(left_x: %4.0f   top_y: %4.0f   width: %4.0f   height: %4.0f)\n",
                  static_cast<double>(confidence * 100), std::round(static_cast<double>(box.x)),
                  std::round(static_cast<double>(box.y)),
                  std::round(static_cast<double>(box.width)),
                  std::round(static_cast<double>(box.height)));
    const std::string text = darknet_text(made, kThree);
    ASSERT_EQ(text.substr(text.find('\n') + 1), expected.data());
  }
}

TEST(DarknetText, OfOneBoxTheBestClassIsFirstAndTheOthersFollowByNumber) {
  Outcome made = drawn();
  const Box box{1, 2, 3, 4};
  made.result.detections = {{box, 2, 0.4F}, {box, 1, 0.9F}, {box, 0, 0.3F}};
  const std::string text = darknet_text(made, kThree);
  EXPECT_LT(text.find("dog: 90%"), text.find("bicycle: 30%"));
  EXPECT_LT(text.find("bicycle: 30%"), text.find("cat\": 40%"));
}

TEST(DarknetText, NothingFoundIsTheLineOfThePicture) {
  Outcome made = drawn();
  made.result.detections.clear();
  made.entry.name = "a\nb\xFF.jpg";
  EXPECT_EQ(darknet_text(made, kThree), "a?b\uFFFD.jpg: Predicted in 12.345600 milli-seconds.\n");
}

TEST(DarknetText, TakesBoxesThatAreNoNumbers) {
  Outcome made = drawn();
  const float none = std::numeric_limits<float>::quiet_NaN();
  made.result.detections = {
      {{none, 1, 2, 3}, 0, 0.5F}, {{0, none, 2, 3}, 1, 0.5F}, {{none, 1, 2, 3}, 1, 0.5F}};
  EXPECT_THAT(darknet_text(made, kThree), HasSubstr("dog: 50%\t(left_x:    0"));
}

TEST(DarknetHeads, AreThoseOfTheModelWithDarknetsNumberOfTheirKind) {
  EXPECT_EQ(darknet_heads(std::vector{layer(0, "convolutional"), layer(30, "yolo"),
                                      layer(37, "Gaussian_yolo"), layer(38, "region")}),
            " Detection layer: 30 - type = 28 \n"
            " Detection layer: 37 - type = 29 \n"
            " Detection layer: 38 - type = 27 \n");
}

TEST(DarknetJson, HasDarknetsShape) {
  Outcome made = drawn();
  made.result.detections.pop_back();
  EXPECT_EQ(
      darknet_json(made, kThree),
      "{\n \"frame_id\":5, \n \"filename\":\"data/dog.jpg\", \n \"objects\": [ \n"
      "  {\"class_id\":1, \"name\":\"dog\", \"relative_coordinates\":{\"center_x\":0.286328, "
      "\"center_y\":0.663620, \"width\":0.238281, \"height\":0.547726}, "
      "\"confidence\":0.990600}, \n"
      "  {\"class_id\":0, \"name\":\"bicycle\", \"relative_coordinates\":{\"center_x\":0.777083, "
      "\"center_y\":0.051389, \"width\":1.562500, \"height\":0.104167}, "
      "\"confidence\":0.255000}\n ] \n}");
  made.result.detections.clear();
  EXPECT_EQ(darknet_json(made, kThree),
            "{\n \"frame_id\":5, \n \"filename\":\"data/dog.jpg\", \n \"objects\": [ \n\n ] \n}");
}

TEST(DarknetJson, IsJsonWhateverTheNamesAndNumbersAre) {
  Outcome made = drawn();
  made.entry.name = "a\"\\\n\xFF.jpg";
  made.result.detections = {{{std::numeric_limits<float>::infinity(), 0, 1, 1}, 2, 0.5F},
                            {{0, 0, 1, 1}, 9, 0.5F}};
  const auto json = nlohmann::json::parse(darknet_json(made, kThree));
  EXPECT_EQ(json["filename"], "a\"\\\n\uFFFD.jpg");
  EXPECT_EQ(json["objects"][0]["name"], "black \"cat\"");
  EXPECT_TRUE(json["objects"][0]["relative_coordinates"]["center_x"].is_null());
  EXPECT_EQ(json["objects"][1]["name"], "9");
}

}  // namespace
}  // namespace yolofleet::command
