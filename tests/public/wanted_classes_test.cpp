#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "public/square_model.hpp"
#include "whole_file.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet {
namespace {

using testing::on_one_thread;
using testing::picture_with_square;
using testing::write_square_model;

/// The model of squares, with this name for its class.
Model model_called(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("wanted_" + name);
  ModelFiles files = write_square_model(folder);
  files.names = folder / "square.names";
  testing::write_whole(files.names, name + "\n");
  return Model::load(files).value();
}

std::size_t found(const Model& model, const Options& options) {
  Detector detector = Detector::open(model, options).value();
  const Image image = picture_with_square(16, 32);
  const std::size_t together =
      detector.detect(std::array{image.view()}).value().front().detections.size();
  EXPECT_TRUE(detector.submit(image.view()));
  EXPECT_EQ(detector.next()->detections.size(), together);
  return together;
}

TEST(WantedClasses, AreAllButThoseWithDontShowBeforeTheirName) {
  EXPECT_EQ(found(model_called("square"), on_one_thread()), 1U);
  EXPECT_EQ(found(model_called("my dont_show"), on_one_thread()), 1U);
  const Model hidden = model_called("dont_show square");
  EXPECT_TRUE(hidden.is_hidden(0));
  EXPECT_EQ(found(hidden, on_one_thread()), 0U);
  Options options = on_one_thread();
  options.hidden_classes = true;
  EXPECT_EQ(found(hidden, options), 1U);
}

TEST(WantedClasses, AWarningSaysIfThereAreNone) {
  const Model hidden = model_called("dont_show square");
  EXPECT_THAT(
      Detector::open(hidden, on_one_thread())->warnings(),
      ::testing::ElementsAre("nothing will be detected: the names of all classes begin with "
                             "dont_show, which hides them"));
  Options options = on_one_thread();
  options.classes = {0};
  EXPECT_THAT(Detector::open(hidden, options)->warnings(), ::testing::IsEmpty());
}

TEST(WantedClasses, AreThoseThatAreNamed) {
  Options options = on_one_thread();
  options.classes = {0};
  EXPECT_EQ(found(model_called("dont_show"), options), 1U) << "asked for";
  for (const int id : {-1, 1}) {
    options.classes = {0, id};
    const auto detector = Detector::open(model_called("square"), options);
    ASSERT_FALSE(detector);
    EXPECT_EQ(detector.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(detector.error().message,
              "classes has " + std::to_string(id) + "; the model's classes are 0 to 0");
  }
}

}  // namespace
}  // namespace yolofleet
