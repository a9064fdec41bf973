#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "output/coco.hpp"
#include "output/jsonl.hpp"
#include "output/table.hpp"
#include "output/yolo_txt.hpp"

namespace yolofleet::command {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kNames{"cat", "black \"dog\""};

/// A picture of 100 x 50 with a box that lies within it, one over its edges and one outside.
Outcome outcome() {
  Outcome made{7, {"in/a.jpg", "a.jpg", std::nullopt, false}, {}};
  made.result.width = 100;
  made.result.height = 50;
  made.result.detections = {
      {{10, 5.5F, 20, 30}, 1, 0.9F}, {{-10, 40, 30, 20}, 0, 0.5F}, {{100, 0, 5, 5}, 0, 0.3F}};
  return made;
}

Outcome failure() {
  Outcome made{3, {"b\xFF.png", "b\xFF.png", std::nullopt, false}, {}};
  made.result.error = Error{ErrorCode::kMalformed, "PNG: \"IDAT\"\x1B is cut off"};
  return made;
}

TEST(JsonlLine, AllDetectionsUnclipped) {
  EXPECT_EQ(jsonl_line(outcome(), kNames),
            R"({"index":7,"image":"in/a.jpg","width":100,"height":50,"detections":[)"
            R"({"class_id":1,"label":"black \"dog\"","confidence":0.9,"box":[10,5.5,20,30]},)"
            R"({"class_id":0,"label":"cat","confidence":0.5,"box":[-10,40,30,20]},)"
            R"({"class_id":0,"label":"cat","confidence":0.3,"box":[100,0,5,5]}]})"
            "\n");
}

TEST(JsonlLine, NothingFoundIsAnEmptyList) {
  Outcome nothing = outcome();
  nothing.result.detections.clear();
  EXPECT_EQ(jsonl_line(nothing, kNames),
            "{\"index\":7,\"image\":\"in/a.jpg\",\"width\":100,\"height\":50,\"detections\":[]}\n");
}

/// The frame 12 of a clip.
Outcome frame() {
  Outcome made = outcome();
  made.entry = {"in/clip.mp4", "clip.mp4", std::nullopt, false};
  made.entry.video = "in/clip.mp4";
  made.entry.frame = Frame{.number = 12, .seconds = 0.48};
  made.result.detections.clear();
  return made;
}

TEST(JsonlLine, AFrameHasItsSourceNumberAndTime) {
  EXPECT_EQ(jsonl_line(frame(), kNames),
            R"({"index":7,"source":"in/clip.mp4","frame":12,"seconds":0.480,)"
            R"("width":100,"height":50,"detections":[]})"
            "\n");
  Outcome whole = frame();
  whole.entry.frame.reset();
  whole.result.error = Error{ErrorCode::kMalformed, "cut"};
  EXPECT_EQ(jsonl_line(whole, kNames),
            R"({"index":7,"source":"in/clip.mp4","error":{"code":"malformed","message":"cut"}})"
            "\n");
}

TEST(TableRows, NameTheFrame) {
  EXPECT_EQ(table_rows(frame(), kNames, {16, 5}), "in/clip.mp4#12    nothing found\n");
}

TEST(OutputNames, OfFramesAndVideos) {
  Entry entry = frame().entry;
  EXPECT_EQ(yolo_txt_file("out", entry), "out/clip_000012.txt");
  EXPECT_EQ(annotated_file("out", entry), "out/clip.mp4");
  const std::pair<const char*, const char*> names[] = {{"a.MKV", "a.mkv"},
                                                       {"b.avi", "b.avi"},
                                                       {"sub/c.mov", "sub/c.mp4"},
                                                       {"video0", "video0.mp4"},
                                                       {"10.0.0.1_s", "10.0.0.1_s.mp4"}};
  for (const auto& [relative, drawn] : names) {
    entry.relative = relative;
    EXPECT_EQ(annotated_file("out", entry), std::string("out/") + drawn);
  }
  EXPECT_EQ(yolo_txt_file("out", entry), "out/10.0.0.1_s_000012.txt");
}

TEST(JsonlLine, SaysWhatWasLeftOut) {
  Outcome some = outcome();
  some.result.detections.clear();
  some.result.detections_cut = 204;
  const std::string begin = R"({"index":7,"image":"in/a.jpg","width":100,"height":50,)";
  EXPECT_EQ(jsonl_line(some, kNames), begin + "\"detections_cut\":204,\"detections\":[]}\n");
  some.result.candidates_dropped = 9;
  EXPECT_EQ(jsonl_line(some, kNames),
            begin + "\"detections_cut\":204,\"candidates_dropped\":9,\"detections\":[]}\n");
}

TEST(JsonlLine, AFailureStandsInItsPlace) {
  EXPECT_EQ(jsonl_line(failure(), kNames),
            "{\"index\":3,\"image\":\"b\uFFFD.png\",\"error\":{\"code\":\"malformed\","
            "\"message\":\"PNG: \\\"IDAT\\\"\\u001b is cut off\"}}\n");
}

TEST(ClassLabel, IsTheNumberWhereThereIsNoName) {
  EXPECT_EQ(class_label(kNames, 0), "cat");
  EXPECT_EQ(class_label(kNames, 2), "2");
  EXPECT_EQ(class_label({}, 0), "0");
}

TEST(Clip, KeepsThePartWithinThePicture) {
  EXPECT_EQ(clip({10, 5, 20, 30}, 100, 50), (Box{10, 5, 20, 30}));
  EXPECT_EQ(clip({-10, -10, 200, 100}, 100, 50), (Box{0, 0, 100, 50}));
  EXPECT_EQ(clip({90, 45, 20, 20}, 100, 50), (Box{90, 45, 10, 5}));
}

TEST(Clip, WhatHasNoAreaWithinIsNothing) {
  EXPECT_FALSE(clip({100, 0, 5, 5}, 100, 50));
  EXPECT_FALSE(clip({-10, 0, 10, 5}, 100, 50));
  EXPECT_FALSE(clip({10, 10, 0, 5}, 100, 50));
  EXPECT_FALSE(clip({std::numeric_limits<float>::quiet_NaN(), 0, 5, 5}, 100, 50));
}

TEST(CocoResults, AreClipped) {
  EXPECT_EQ(coco_results(outcome().result, 139, CategoryIds::for_names(kNames)),
            R"({"image_id":139,"category_id":2,"bbox":[10,5.5,20,30],"score":0.9},)"
            "\n"
            R"({"image_id":139,"category_id":1,"bbox":[0,40,20,10],"score":0.5})");
  EXPECT_EQ(coco_results(failure().result, 1, CategoryIds::for_names(kNames)), "");
}

TEST(YoloTxt, IsRelativeAndClipped) {
  EXPECT_EQ(yolo_txt(outcome().result, false),
            "1 0.200000 0.410000 0.200000 0.600000\n"
            "0 0.100000 0.900000 0.200000 0.200000\n");
  EXPECT_EQ(yolo_txt(outcome().result, true),
            "1 0.200000 0.410000 0.200000 0.600000 0.900000\n"
            "0 0.100000 0.900000 0.200000 0.200000 0.500000\n");
}

TEST(OutputPaths, KeepThePathBelowTheFolder) {
  const auto entry = [](const char* relative) { return Entry{"x", relative, std::nullopt, false}; };
  EXPECT_EQ(yolo_txt_file("out", entry("a/b.c.jpg")), "out/a/b.c.txt");
  EXPECT_EQ(yolo_txt_file("out", entry("stdin")), "out/stdin.txt");
  EXPECT_EQ(annotated_file("out", entry("a/b.webp")), "out/a/b.jpg");
  EXPECT_EQ(annotated_file("out", entry("a/b.jpeg")), "out/a/b.jpg");
  EXPECT_EQ(annotated_file("out", entry("a/b.PNG")), "out/a/b.png");
  EXPECT_EQ(annotated_file("out", entry("stdin")), "out/stdin.jpg");
}

TEST(Table, ColumnsAreAligned) {
  const TableWidths widths = table_widths(8, kNames);
  EXPECT_EQ(table_header(widths),
            "image     label        confidence    left     top   width  height\n");
  EXPECT_EQ(table_rows(outcome(), kNames, widths),
            "in/a.jpg  black \"dog\"      90.0 %      10       6      20      30\n"
            "          cat              50.0 %     -10      40      30      20\n"
            "          cat              30.0 %     100       0       5       5\n");
}

TEST(Table, SaysWhatIsNotThere) {
  Outcome nothing = outcome();
  nothing.result.detections.clear();
  EXPECT_EQ(table_rows(nothing, kNames, {10, 5}), "in/a.jpg    nothing found\n");
  EXPECT_EQ(table_rows(failure(), kNames, {6, 5}),
            "b\uFFFD.png  failed: PNG: \"IDAT\"? is cut off\n");
}

TEST(Table, WidthsHaveBounds) {
  EXPECT_EQ(table_widths(1, {}).image, 5U);
  EXPECT_EQ(table_widths(1, {}).label, 5U);
  EXPECT_EQ(table_widths(1000, {}).image, 48U);
  const std::vector<std::string> long_name{std::string(100, 'x')};
  EXPECT_EQ(table_widths(1, long_name).label, 24U);
}

}  // namespace
}  // namespace yolofleet::command
