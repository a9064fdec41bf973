#include "yolofleet/detector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "public/square_model.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::picture_with_square;
using testing::square_model;
using ::testing::TempDir;
using testing::write_square_model;

Options fp32() {
  Options options;
  options.precision = Precision::kFp32;
  options.resize = Resize::kStretch;
  return options;
}

Detector open(const Options& options = fp32()) {
  return Detector::open(square_model(), options).value();
}

/// The cells' corners, in some order that repeats.
std::pair<int, int> corner(std::size_t i) {
  return {static_cast<int>(i * 7 % 4) * 16, static_cast<int>(i * 3 % 4) * 16};
}

Image square(std::size_t i) {
  return picture_with_square(corner(i).first, corner(i).second);
}

void expect_square(const PictureResult& result, std::size_t i) {
  ASSERT_FALSE(result.error) << result.error->message;
  ASSERT_EQ(result.detections.size(), 1U);
  const Detection& found = result.detections.front();
  EXPECT_NEAR(found.box.x, static_cast<float>(corner(i).first), 1e-3F);
  EXPECT_NEAR(found.box.y, static_cast<float>(corner(i).second), 1e-3F);
  EXPECT_NEAR(found.box.width, 16.0F, 1e-3F);
  EXPECT_NEAR(found.box.height, 16.0F, 1e-3F);
  EXPECT_GT(found.confidence, 0.99F);
  EXPECT_EQ(found.class_id, 0);
}

TEST(Detector, FindsWhatIsThere) {
  Detector detector = open();
  const Image image = square(2);
  const auto results = detector.detect(std::array{image.view()});
  ASSERT_TRUE(results) << results.error().message;
  ASSERT_EQ(results->size(), 1U);
  expect_square(results->front(), 2);
  EXPECT_EQ(results->front().width, 64);
  EXPECT_EQ(results->front().height, 64);
  EXPECT_EQ(results->front().device, "cpu");
}

void expect_many_at_once_in_order(const Options& options) {
  Detector detector = open(options);
  std::vector<Image> images;
  std::vector<ImageView> views;
  for (std::size_t i = 0; i < 100; ++i) {
    images.push_back(square(i));
  }
  for (const Image& image : images) {
    views.push_back(image.view());
  }
  for (int round = 0; round < 2; ++round) {
    const auto results = detector.detect(views);
    ASSERT_TRUE(results);
    ASSERT_EQ(results->size(), views.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
      EXPECT_EQ((*results)[i].index, i);
      expect_square((*results)[i], i);
    }
  }
}

TEST(Detector, ManyAtOnceKeepTheirOrder) {
  Options options = fp32();
  expect_many_at_once_in_order(options);
  options.ordered = false;
  expect_many_at_once_in_order(options);
}

TEST(Detector, ReportsWhatItDid) {
  Detector detector = open();
  EXPECT_EQ(detector.report().pictures, 0U);
  ASSERT_TRUE(detector.submit(square(1)));
  ASSERT_TRUE(detector.submit(EncodedImage(10)));
  ASSERT_TRUE(detector.next() && detector.next());
  const FleetReport report = detector.report();
  EXPECT_EQ(report.pictures, 2U);
  EXPECT_EQ(report.failures, 1U);
  EXPECT_GT(report.seconds, 0.0);
  ASSERT_EQ(report.devices.size(), 1U);
  EXPECT_EQ(report.devices[0].device, "cpu");
  EXPECT_EQ(report.devices[0].pictures, 2U);
  EXPECT_EQ(report.devices[0].share, 1.0);
  EXPECT_GT(report.devices[0].busy_seconds, 0.0);
}

TEST(Detector, NoPicturesGiveNoResults) {
  EXPECT_TRUE(open().detect({}).value().empty());
}

TEST(Detector, TakesEncodedFilesAndOwnedPixels) {
  Options options = fp32();
  options.keep_pixels = true;
  Detector detector = open(options);
  ASSERT_TRUE(detector.submit(encode_image(square(1).view(), ImageFormat::kPng).value()));
  ASSERT_TRUE(detector.submit(square(2)));
  ASSERT_TRUE(detector.submit(EncodedImage(10)));
  detector.finish();
  for (const std::size_t i : {1U, 2U}) {
    const auto result = detector.next();
    ASSERT_TRUE(result);
    expect_square(*result, i);
    EXPECT_EQ(result->pixels.width(), 64);
  }
  const auto broken = detector.next();
  ASSERT_TRUE(broken && broken->error);
  EXPECT_EQ(broken->index, 2U);
  EXPECT_EQ(broken->width, 0);
  EXPECT_FALSE(detector.next());
}

TEST(Detector, SubmitAndNextWorkFromSeveralThreads) {
  Detector detector = open();
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 40;
  std::vector<std::thread> sources;
  for (std::size_t t = 0; t < kThreads; ++t) {
    sources.emplace_back([&] {
      for (std::size_t i = 0; i < kEach; ++i) {
        EXPECT_TRUE(detector.submit(square(i)));
      }
    });
  }
  std::atomic<std::size_t> found = 0;
  std::thread taker([&] {
    while (const auto result = detector.next()) {
      found += result->detections.size();
    }
  });
  for (std::thread& source : sources) {
    source.join();
  }
  detector.finish();
  taker.join();
  EXPECT_EQ(found, kThreads * kEach);
}

TEST(Detector, TicketsAndTagsTellWhichPictureAResultIsOf) {
  Options options = fp32();
  options.ordered = false;
  Detector detector = open(options);
  EXPECT_EQ(detector.submit(square(0), std::string{"a"}).value(), 0U);
  EXPECT_EQ(
      detector.submit_error({ErrorCode::kNotFound, "b isn't there"}, std::string{"b"}).value(), 1U);
  Picture picture = square(2);
  EXPECT_EQ(detector.try_submit(picture, std::string{"c"}).value(), 2U);
  EXPECT_EQ(detector.submit(EncodedImage(10)).value(), 3U);
  detector.finish();
  std::vector<std::string> tags(4);
  while (const auto result = detector.next()) {
    const auto* const tag = std::any_cast<std::string>(&result->tag);
    tags.at(result->index) = tag != nullptr ? *tag : "none";
    EXPECT_EQ(result->error.has_value(), result->index % 2 == 1);
  }
  EXPECT_THAT(tags, ElementsAre("a", "b", "c", "none"));
  EXPECT_EQ(detector.report().failures, 2U);
  EXPECT_EQ(detector.report().decode_threads, 0) << "the CPU decodes by itself";
}

TEST(Detector, TrySubmitSaysWhenItIsFull) {
  Detector detector = open();
  std::size_t taken = 0;
  Picture picture = square(0);
  while (detector.try_submit(picture).value()) {
    ++taken;
    picture = square(0);
  }
  EXPECT_EQ(taken, detector.capacity());
  ASSERT_TRUE(detector.next());
  EXPECT_TRUE(detector.try_submit(picture).value());
}

TEST(Detector, MovesWithWhatIsUnderWay) {
  Detector first = open();
  ASSERT_TRUE(first.submit(square(3)));
  Detector second = std::move(first);
  const auto result = second.next();
  ASSERT_TRUE(result);
  expect_square(*result, 3);
  second = open();
  ASSERT_TRUE(second.submit(square(1)));
}

TEST(Detector, MayBeDestroyedWhileBusy) {
  for (int round = 0; round < 5; ++round) {
    Detector detector = open();
    for (std::size_t i = 0; i < detector.capacity(); ++i) {
      ASSERT_TRUE(detector.submit(square(i)));
    }
  }
}

TEST(Detector, OutlivesTheModelItWasOpenedFrom) {
  auto copy = std::make_unique<Model>(square_model());
  Detector detector = Detector::open(*copy, fp32()).value();
  copy.reset();
  const Image image = square(0);
  expect_square(detector.detect(std::array{image.view()}).value().front(), 0);
}

TEST(Detector, SaysWhatItRunsOn) {
  Options options = fp32();
  options.threads = 1;
  const Detector detector = open(options);
  ASSERT_EQ(detector.devices().size(), 1U);
  EXPECT_THAT(detector.devices()[0], HasSubstr("cpu: OpenVINO"));
  EXPECT_THAT(detector.devices()[0], HasSubstr("fp32, 1 thread"));
  EXPECT_TRUE(detector.warnings().empty());
}

TEST(Detector, MoreThreadsThanCpusIsAWarning) {
  Options options = fp32();
  options.threads = static_cast<int>(std::thread::hardware_concurrency()) + 1;
  const Detector detector = open(options);
  ASSERT_EQ(detector.warnings().size(), 1U);
  EXPECT_THAT(detector.warnings()[0],
              HasSubstr("threads were asked for, but this process may use"));
}

void expect_refused(const Options& options, ErrorCode code, const std::string& message) {
  const auto detector = Detector::open(square_model(), options);
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().code, code);
  EXPECT_THAT(detector.error().message, HasSubstr(message));
}

TEST(DetectorOptions, AreCheckedBeforeAnythingIsOpened) {
  const auto with = [](auto change) {
    Options options;
    change(options);
    return options;
  };
  expect_refused(with([](Options& o) { o.confidence = 1.5F; }), ErrorCode::kInvalidArgument,
                 "confidence is 1.5; a number from 0 to 1 is allowed");
  expect_refused(with([](Options& o) { o.nms = std::nanf(""); }), ErrorCode::kInvalidArgument,
                 "nms is nan; a number from 0 to 1 is allowed");
  expect_refused(with([](Options& o) { o.max_detections = -1; }), ErrorCode::kInvalidArgument,
                 "max_detections is -1; 0 or more is allowed");
  expect_refused(with([](Options& o) { o.threads = -1; }), ErrorCode::kInvalidArgument,
                 "threads is -1; 0 to 1024 is allowed");
  expect_refused(with([](Options& o) { o.build_level = 6; }), ErrorCode::kInvalidArgument,
                 "build_level is 6; 0 to 5 is allowed");
  expect_refused(with([](Options& o) { o.max_pixels = 0; }), ErrorCode::kInvalidArgument,
                 "max_pixels is 0; 1 or more is allowed");
  expect_refused(with([](Options& o) { o.max_wait_ms = -0.5; }), ErrorCode::kInvalidArgument,
                 "max_wait_ms is -0.5; a number from 0 to 60000 is allowed");
  expect_refused(with([](Options& o) { o.max_wait_ms = std::nan(""); }),
                 ErrorCode::kInvalidArgument, "max_wait_ms is nan");
  expect_refused(with([](Options& o) { o.devices = "tpu"; }), ErrorCode::kNotFound,
                 "no device \"tpu\" here");
}

TEST(DetectorOptions, AModelWithoutWeightsCantBeRun) {
  const auto files = write_square_model(std::filesystem::path(TempDir()) / "bare");
  const auto detector = Detector::open(Model::load_architecture(files.cfg).value());
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(detector.error().message, "square: was loaded without its weights and can't be run");
}

TEST(DetectorOptions, AModelWithAClassTreeCantBeRun) {
  auto files = write_square_model(std::filesystem::path(TempDir()) / "tree");
  testing::write_whole(files.cfg,
                       "[net]\nwidth=64\nheight=64\nchannels=3\n"
                       "[convolutional]\nfilters=6\nsize=16\nstride=16\nactivation=linear\n"
                       "[region]\nanchors=1,1\nclasses=1\nsoftmax=1\ntree=9k.tree\n");
  const auto detector = Detector::open(Model::load(files).value());
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(
      detector.error().message,
      "square: its [region] in line 10 of the cfg has a class tree (tree=): not supported; it "
      "can be inspected, not run");
}

TEST(DetectorOptions, ARegionHeadGivesBoxes) {
  auto files = write_square_model(std::filesystem::path(TempDir()) / "region");
  testing::write_whole(files.cfg,
                       "[net]\nwidth=64\nheight=64\nchannels=3\n"
                       "[convolutional]\nfilters=6\nsize=16\nstride=16\nactivation=linear\n"
                       "[region]\nanchors=1,1\nclasses=1\nsoftmax=1\n");
  const Model model = Model::load(files).value();
  EXPECT_EQ(model.heads().at(0).anchors.at(0), (std::array{16.0F, 16.0F}));  // pixels, not cells
  Detector detector = Detector::open(model, fp32()).value();
  const Image picture = picture_with_square(16, 32);
  const auto results = detector.detect(std::array{picture.view()}).value();
  ASSERT_EQ(results.at(0).detections.size(), 1U);
  const Box box = results[0].detections[0].box;
  EXPECT_NEAR(box.x, 16.0F, 1e-3F);
  EXPECT_NEAR(box.y, 32.0F, 1e-3F);
  EXPECT_NEAR(box.width, 16.0F, 1e-3F);
}

TEST(DetectorPictures, AreCheckedWhenTheyAreHandedIn) {
  Detector detector = open();
  const Image image = square(0);
  ImageView narrow = image.view();
  narrow.stride = 100;
  const auto detected = detector.detect(std::array{image.view(), narrow});
  ASSERT_FALSE(detected);
  EXPECT_EQ(detected.error().message,
            "a picture's stride is 100 bytes; a row of 64 pixels has at least 192");
  for (const Picture& picture : {Picture{ImageView{}}, Picture{Image{}}}) {
    const auto submitted = detector.submit(picture);
    ASSERT_FALSE(submitted);
    EXPECT_EQ(submitted.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(submitted.error().message,
              "a picture's size is 0 x 0 pixels; 1 x 1 or more is allowed");
  }
  Picture picture = narrow;
  EXPECT_FALSE(detector.try_submit(picture));
}

TEST(DetectorPictures, AfterFinishNoneIsTaken) {
  Detector detector = open();
  detector.finish();
  const Image image = square(0);
  EXPECT_EQ(detector.submit(image).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(detector.detect(std::array{image.view()}).error().code, ErrorCode::kCancelled);
}

TEST(Devices, TheCpuIsAlwaysListed) {
  const auto devices = list_devices();
  ASSERT_FALSE(devices.empty());
  EXPECT_EQ(devices.back().id, "cpu");
  EXPECT_THAT(devices.back().runtime, HasSubstr("OpenVINO"));
  EXPECT_TRUE(devices.back().unavailable.empty());
}

std::vector<std::string> names_of(const Options& options) {
  std::vector<std::string> names;
  const auto devices = devices_of(options).value();
  names.reserve(devices.size());
  for (const ChosenDevice& device : devices) {
    names.push_back(device.name);
  }
  return names;
}

TEST(Devices, EachOfAListByAName) {
  Options options;
  options.devices = "cpu";
  EXPECT_THAT(names_of(options), ElementsAre("cpu"));
  options.threads = 2;
  EXPECT_THAT(names_of(options), ElementsAre("cpu"));
  options.threads = 0;
  options.devices = "cpu:2";
  EXPECT_THAT(names_of(options), ElementsAre("cpu:2"));
  options.devices = "all";
  EXPECT_EQ(names_of(options).back(), "cpu");
}

TEST(Devices, ThoseThatADetectorWouldRefuse) {
  Options options;
  options.devices = "cpu,cuda:1000";
  EXPECT_EQ(devices_of(options).error().code, ErrorCode::kNotFound);
  options.devices = "cpu,cpu:2";
  EXPECT_EQ(devices_of(options).error().code, ErrorCode::kInvalidArgument);
  options.devices = "cuda:1000,cpu";
  options.on_device_error = OnDeviceError::kContinue;
  EXPECT_THAT(names_of(options), ElementsAre("cpu"));
}

}  // namespace
}  // namespace yolofleet
