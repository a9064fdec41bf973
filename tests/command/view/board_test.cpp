#include "view/board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "view/server.hpp"

namespace yolofleet::command {
namespace {

using ::testing::StartsWith;

Image grey(int width, int height) {
  Image image(width, height);
  std::fill(image.pixels().begin(), image.pixels().end(), std::uint8_t{128});
  return image;
}

Frame frame_of(std::size_t video) {
  Frame frame;
  frame.source = video;
  return frame;
}

TEST(ViewBoard, WantsPicturesOnlyOfVideosThatSomebodyLooksAt) {
  ViewBoard board(2);
  EXPECT_FALSE(board.wants(frame_of(0)));
  EXPECT_FALSE(board.jpeg(0)) << "none yet";
  EXPECT_TRUE(board.wants(frame_of(0)));
  EXPECT_FALSE(board.wants(frame_of(0))) << "the last one is too new";
  EXPECT_FALSE(board.wants(frame_of(1)));
  std::this_thread::sleep_for(ViewBoard::kBetween);
  EXPECT_TRUE(board.wants(frame_of(0)));
}

TEST(ViewBoard, ForgetsWhenNobodyLooksAnyMore) {
  ViewBoard board(1);
  board.put(frame_of(0), grey(8, 8));
  EXPECT_TRUE(board.jpeg(0));
  std::this_thread::sleep_for(ViewBoard::kLook + std::chrono::milliseconds(50));
  EXPECT_FALSE(board.wants(frame_of(0)));
  EXPECT_FALSE(board.jpeg(0));
}

TEST(ViewBoard, GivesAJpegFile) {
  ViewBoard board(1);
  board.put(frame_of(0), grey(20, 10));
  const std::string jpeg = board.jpeg(0).value();
  const auto* const bytes = static_cast<const std::byte*>(static_cast<const void*>(jpeg.data()));
  const Image back = Image::decode({bytes, jpeg.size()}).value();
  EXPECT_EQ(back.width(), 20);
  EXPECT_EQ(back.height(), 10);
  EXPECT_FALSE(board.jpeg(1)) << "there is no such video";
}

TEST(ViewSink, DrawsFramesAndLeavesPictures) {
  ViewBoard board(1);
  const auto sink = make_view_sink(board, {"cat"}, false);
  Outcome outcome;
  outcome.result.pixels = grey(64, 64);
  outcome.result.detections = {{{8, 8, 40, 40}, 0, 0.9F}};
  ASSERT_TRUE(sink->write(outcome));
  EXPECT_FALSE(board.jpeg(0)) << "a picture";
  EXPECT_FALSE(outcome.result.pixels.empty());
  outcome.entry.frame = frame_of(0);
  ASSERT_TRUE(sink->write(outcome));
  EXPECT_TRUE(board.jpeg(0));
  EXPECT_EQ(sink->finish(Ending::kComplete).value(), "");
  Outcome failed;
  failed.entry.frame = frame_of(0);
  failed.result.error = Error{ErrorCode::kDevice, "gone"};
  EXPECT_TRUE(sink->write(failed));
}

TEST(ViewStatus, HasEachVideo) {
  Snapshot run;
  EXPECT_EQ(view_status(run), R"({"sources":[]})");
  run.videos = {{"a\xFF.mp4", false, 3, 0, 0, {}}, {"/dev/video0", true, 5, 2, 1, {}}};
  run.videos[1].latency.add(0.02);
  const auto json = nlohmann::json::parse(view_status(run));
  EXPECT_EQ(json["sources"][0]["source"], "a\uFFFD.mp4");
  EXPECT_TRUE(json["sources"][0]["latency_p99_seconds"].is_null());
  EXPECT_EQ(json["sources"][1]["dropped"], 2);
  EXPECT_NEAR(json["sources"][1]["latency_median_seconds"], 0.02, 0.001);
}

}  // namespace
}  // namespace yolofleet::command
