#include "backend/cpu/cpu_lane.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <future>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "backend/cpu/fake_executor.hpp"
#include "backend/cpu_lane_support.hpp"
#include "base/fail.hpp"
#include "ops/resize.hpp"

namespace yolofleet::backend::cpu {
namespace {

class CpuLaneTest : public ::testing::Test {
 protected:
  CpuLaneTest() {
    script_.input_size = static_cast<std::size_t>(kInput.elements());
    script_.head = {0.0F, 0.0F, 0.0F, 0.0F, 20.0F, 20.0F};  // the whole input, surely
  }

  std::unique_ptr<Lane> open(int streams = 1, const CpuLaneOptions& options = darknets_options(),
                             const graph::Network& network = one_cell_network()) {
    CpuEngine engine{fake_executor(script_), "cpu: fake", streams};
    auto lane = make_cpu_lane(network, std::move(engine), options, results_.collector());
    EXPECT_TRUE(lane.has_value());
    return std::move(lane).value();
  }

  PictureResult run_one(Picture picture, const CpuLaneOptions& options = darknets_options(),
                        const graph::Network& network = one_cell_network()) {
    const auto lane = open(1, options, network);
    EXPECT_TRUE(submit(*lane, 0, std::move(picture)));
    return results_.wait_for(1).front();
  }

  static bool submit(Lane& lane, std::uint64_t ticket, Picture picture) {
    std::vector<Job> batch;
    batch.push_back({ticket, std::move(picture)});
    return lane.try_submit(batch);
  }

  ImageView view() const { return {bytes_.data(), 20, 10, 60, PixelFormat::kRgb}; }

  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(600, 90);
  Script script_;
  Results results_;
};

TEST_F(CpuLaneTest, GivesBoxesInPixelsOfThePicture) {
  const auto lane = open();
  ASSERT_TRUE(submit(*lane, 41, view()));
  const PictureResult result = results_.wait_for(1).front();
  EXPECT_EQ(result.index, 41U);
  EXPECT_EQ(result.width, 20);
  EXPECT_EQ(result.height, 10);
  EXPECT_EQ(result.device, "cpu");
  EXPECT_FALSE(result.error);
  ASSERT_EQ(result.detections.size(), 1U);
  EXPECT_FLOAT_EQ(result.detections[0].box.x, 0.0F);
  EXPECT_FLOAT_EQ(result.detections[0].box.width, 20.0F);
  EXPECT_FLOAT_EQ(result.detections[0].box.height, 10.0F);
  EXPECT_FLOAT_EQ(result.detections[0].confidence, 1.0F);
}

TEST_F(CpuLaneTest, SaysWhatItIs) {
  const auto lane = open(3);
  EXPECT_EQ(lane->info().device, "cpu");
  EXPECT_EQ(lane->info().description, "cpu: fake");
  EXPECT_EQ(lane->info().batch, 1U);
  EXPECT_EQ(lane->info().slots, 9U);
  EXPECT_TRUE(lane->info().decodes);
}

TEST_F(CpuLaneTest, TellsWhatEachStageTook) {
  script_.on_infer = [](int) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    return Result<void>{};
  };
  const auto lane = open();
  for (const StageReport& stage : lane->stats().stages) {
    EXPECT_EQ(stage.seconds, 0) << stage.stage;
  }
  ASSERT_TRUE(submit(*lane, 0, encode_image(view(), ImageFormat::kPng).value()));
  results_.wait_for(1);
  const auto stages = lane->stats().stages;
  ASSERT_EQ(stages.size(), 4U);
  const std::array names{"decode", "resize", "network", "boxes"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(stages[i].stage, names[i]);
    EXPECT_GT(stages[i].seconds, 0) << stages[i].stage;
  }
  EXPECT_GE(stages[2].seconds, 0.02);
  EXPECT_LT(stages[0].seconds, stages[2].seconds);
}

TEST_F(CpuLaneTest, TheNetworkSeesTheResizedPicture) {
  run_one(view());
  std::vector<float> expected(script_.input_size);
  ops::resize(view(), kInput, ops::Fit::kStretch, expected);
  EXPECT_EQ(script_.inputs.at(0), expected);
}

TEST_F(CpuLaneTest, LetterboxByTheModelOrByOption) {
  // 10 x 20 into 8 x 4: 2 pixels wide, 3 from the left; so 1/4 of the input is the picture.
  const ImageView tall{bytes_.data(), 10, 20, 30, PixelFormat::kRgb};
  CpuLaneOptions options = darknets_options();
  EXPECT_FLOAT_EQ(run_one(tall, options, one_cell_network(true)).detections.at(0).box.width, 40.0F);
  EXPECT_EQ(script_.inputs.back().front(), 0.5F);
  options.resize = Resize::kStretch;
  run_one(tall, options, one_cell_network(true));
  EXPECT_NE(script_.inputs.back().front(), 0.5F);
  options.resize = Resize::kLetterbox;
  run_one(tall, options, one_cell_network(false));
  EXPECT_EQ(script_.inputs.back().front(), 0.5F);
}

TEST_F(CpuLaneTest, TheConfidenceOptionCounts) {
  script_.head[4] = 0.0F;  // an objectness of 0.5
  CpuLaneOptions options = darknets_options();
  options.confidence = 0.6F;
  EXPECT_TRUE(run_one(view(), options).detections.empty());
}

TEST_F(CpuLaneTest, AJobMayHaveThresholdsOfItsOwn) {
  script_.head[4] = 0.0F;
  CpuLaneOptions options = darknets_options();
  options.confidence = 0.6F;
  const auto lane = open(1, options);
  std::vector<Job> batch;
  batch.push_back({0, view(), ops::Thresholds{0.4F, 0.45F}});
  ASSERT_TRUE(lane->try_submit(batch));
  ASSERT_TRUE(submit(*lane, 1, view()));
  const auto results = results_.wait_for(2);
  EXPECT_EQ(results[0].detections.size(), 1U);
  EXPECT_TRUE(results[1].detections.empty()) << "the next one has the lane's again";
}

TEST_F(CpuLaneTest, AFailingExecutorFailsItsPictureOnly) {
  script_.on_infer = [](int before) -> Result<void> {
    if (before == 0) {
      return base::fail(ErrorCode::kDevice, "the device is tired");
    }
    return {};
  };
  const auto lane = open();
  ASSERT_TRUE(submit(*lane, 0, view()));
  ASSERT_TRUE(submit(*lane, 1, view()));
  const auto results = results_.wait_for(2);
  ASSERT_TRUE(results[0].error);
  EXPECT_EQ(results[0].error->code, ErrorCode::kDevice);
  EXPECT_EQ(results[0].error->message, "the device is tired");
  EXPECT_TRUE(results[0].detections.empty());
  EXPECT_FALSE(results[1].error);
}

TEST_F(CpuLaneTest, GivesBackThePictureThatTheDeviceFailedOn) {
  script_.on_infer = [](int) -> Result<void> { return base::fail(ErrorCode::kDevice, "gone"); };
  std::promise<Job> given_back;
  const auto lane =
      make_cpu_lane(one_cell_network(), {fake_executor(script_), "", 1}, darknets_options(),
                    [&](const std::vector<PictureResult>&, std::vector<Job> jobs) {
                      given_back.set_value(std::move(jobs.at(0)));
                    });
  ASSERT_TRUE(submit(**lane, 3, Image(7, 5)));
  const Job job = given_back.get_future().get();
  EXPECT_EQ(job.ticket, 3U);
  EXPECT_EQ(std::get<Image>(job.picture).width(), 7);
}

TEST_F(CpuLaneTest, ExceptionsBecomeErrors) {
  script_.on_infer = [](int before) -> Result<void> {
    if (before == 0) {
      throw std::bad_alloc();
    }
    throw std::logic_error("a bug");
  };
  const auto lane = open();
  ASSERT_TRUE(submit(*lane, 0, view()));
  ASSERT_TRUE(submit(*lane, 1, view()));
  const auto results = results_.wait_for(2);
  ASSERT_TRUE(results[0].error && results[1].error);
  EXPECT_EQ(results[0].error->code, ErrorCode::kTooLarge);
  EXPECT_EQ(results[0].error->message, "out of memory");
  EXPECT_EQ(results[1].error->code, ErrorCode::kInternal);
  EXPECT_EQ(results[1].error->message, "a bug");
}

TEST_F(CpuLaneTest, BytesThatAreNoPictureFailAlone) {
  const PictureResult result = run_one(EncodedImage(50, std::byte{7}));
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.width, 0);
  EXPECT_TRUE(result.detections.empty());
  EXPECT_EQ(script_.infers, 0);
}

TEST_F(CpuLaneTest, PixelsComeBackWhereTheyAreAskedFor) {
  CpuLaneOptions options = darknets_options();
  EXPECT_TRUE(run_one(Image(6, 5), options).pixels.empty());
}

TEST_F(CpuLaneTest, KeptPixelsAreThePictures) {
  CpuLaneOptions options = darknets_options();
  options.keep_pixels = true;
  Image image(6, 5);
  image.pixels()[7] = 99;
  const PictureResult result = run_one(std::move(image), options);
  ASSERT_EQ(result.pixels.width(), 6);
  EXPECT_EQ(result.pixels.pixels()[7], 99);
}

TEST_F(CpuLaneTest, AViewsPixelsStayTheCallers) {
  CpuLaneOptions options = darknets_options();
  options.keep_pixels = true;
  EXPECT_TRUE(run_one(view(), options).pixels.empty());
}

TEST_F(CpuLaneTest, WithoutAFreeSlotTheBatchIsLeftAlone) {
  Gate gate;
  script_.on_infer = [&](int) -> Result<void> {
    gate.pass();
    return {};
  };
  const auto lane = open(1);
  for (std::uint64_t i = 0; i < lane->info().slots; ++i) {
    EXPECT_TRUE(submit(*lane, i, view()));
  }
  std::vector<Job> batch;
  batch.push_back({77, Image(3, 3)});
  EXPECT_FALSE(lane->try_submit(batch));
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(std::get<Image>(batch[0].picture).width(), 3);
  gate.open();
  results_.wait_for(3);
  EXPECT_TRUE(lane->try_submit(batch));
  EXPECT_EQ(results_.wait_for(4).back().index, 77U);
}

TEST_F(CpuLaneTest, TheSlotIsFreeWhenTheResultComes) {
  std::mutex mutex;
  std::condition_variable changed;
  int finished = 0;
  Lane* lane_address = nullptr;
  const OnFinished feed_again = [&](const std::vector<PictureResult>&, const std::vector<Job>&) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return lane_address != nullptr; });
    ++finished;
    if (finished <= 5) {
      EXPECT_TRUE(submit(*lane_address, 0, view()));
    }
    changed.notify_all();
  };
  auto lane = make_cpu_lane(one_cell_network(), {fake_executor(script_), "", 1}, darknets_options(),
                            feed_again);
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(submit(**lane, i, view()));
  }
  std::unique_lock lock(mutex);
  lane_address = lane->get();
  changed.notify_all();
  changed.wait(lock, [&] { return finished == 8; });
  EXPECT_EQ(finished, 8);
}

TEST_F(CpuLaneTest, StreamsRunSideBySide) {
  Gate gate;
  script_.on_infer = [&](int) -> Result<void> {
    gate.pass();
    return {};
  };
  const auto lane = open(3);
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(submit(*lane, i, view()));
  }
  gate.wait_until_before_it(3);  // hangs unless all three run at once
  EXPECT_EQ(results_.count(), 0U);
  gate.open();
  EXPECT_EQ(results_.wait_for(3).size(), 3U);
}

TEST_F(CpuLaneTest, TheDestructorFinishesWhatTheLaneTook) {
  Gate gate;
  script_.on_infer = [&](int) -> Result<void> {
    gate.pass();
    return {};
  };
  auto lane = open(2);
  for (std::uint64_t i = 0; i < 6; ++i) {
    ASSERT_TRUE(submit(*lane, i, view()));
  }
  std::thread opener([&] { gate.open(); });
  lane.reset();
  opener.join();
  EXPECT_EQ(results_.count(), 6U);
}

TEST_F(CpuLaneTest, ARequestThatCannotBeCreatedIsAnError) {
  script_.requests_that_work = 1;
  const auto lane = make_cpu_lane(one_cell_network(), {fake_executor(script_), "", 2},
                                  darknets_options(), results_.collector());
  ASSERT_FALSE(lane);
  EXPECT_EQ(lane.error().message, "no more requests");
}

TEST_F(CpuLaneTest, TheLastHeadsRuleSuppresses) {
  // Two heads that give the same numbers; their anchors are 8 x 4 and 8 x 2, so their IoU is 0.5.
  graph::Head yolo;
  yolo.classes = 1;
  std::vector<graph::Layer> layers(2);
  for (graph::Layer& layer : layers) {
    layer.input = layer.output = {6, 1, 1};
    yolo.anchors = {{8.0F, &layer == &layers[0] ? 4.0F : 2.0F}};
    layer.operation = yolo;
  }
  CpuLaneOptions options = darknets_options();
  const auto kept = [&](graph::NmsKind first, graph::NmsKind last) {
    std::get<graph::Head>(layers[0].operation).nms = {first, 0.6F};
    std::get<graph::Head>(layers[1].operation).nms = {last, 0.6F};
    Results results;
    auto lane = make_cpu_lane({"two", kInput, false, layers}, {fake_executor(script_), "", 1},
                              options, results.collector());
    EXPECT_TRUE(submit(**lane, 0, view()));
    return results.wait_for(1).front().detections.size();
  };
  using graph::NmsKind;
  EXPECT_EQ(kept(NmsKind::kDefault, NmsKind::kDefault), 1U);
  // Shifted apart, the distance saves the weaker one.
  script_.head[1] = 20.0F;
  std::get<graph::Head>(layers[1].operation).scale_x_y = 0.5F;
  options.nms = 0.4F;
  EXPECT_EQ(kept(NmsKind::kGreedy, NmsKind::kDefault), 1U);
  EXPECT_EQ(kept(NmsKind::kDefault, NmsKind::kGreedy), 2U);
}

}  // namespace
}  // namespace yolofleet::backend::cpu
