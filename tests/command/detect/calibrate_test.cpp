#include "detect/calibrate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "command/temporary_folder.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CalibrateTest : public ::testing::Test {
 protected:
  CalibrateTest() { folder_.enter(); }

  /// Writes a PNG of so many pixels a row.
  void picture(const std::string& name, int width) const {
    const auto bytes = encode_image(Image(width, 1).view(), ImageFormat::kPng).value();
    folder_.write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  Model model() const {
    return Model::load_architecture(
               folder_.write("m.cfg",
                             "[net]\nwidth=32\nheight=32\nchannels=3\n"
                             "[convolutional]\nfilters=6\nsize=1\nactivation=linear\n"
                             "[yolo]\nmask=0\nanchors=1,1\nclasses=1\nnum=1\n"))
        .value();
  }

  static std::vector<int> widths(const BenchPictures& pictures) {
    std::vector<int> found;
    for (const BenchFile& file : pictures.files) {
      found.push_back(Image::decode(file.bytes).value().width());
    }
    return found;
  }

  TemporaryFolder folder_;
};

TEST_F(CalibrateTest, TakesTheFirstPicturesThatCanBeDecoded) {
  picture("a.png", 1);
  picture("b.png", 200);
  folder_.write("c.png", "no picture");
  ASSERT_EQ(::mkfifo("d.png", 0600), 0);
  picture("-", 4);
  auto inputs = Inputs::open({"a.png", "b.png", "c.png", "d.png", "gone.png", "./-"}).value();
  const BenchPictures pictures = first_pictures(inputs, {100, nullptr});
  EXPECT_THAT(widths(pictures), ElementsAre(1, 4));
  EXPECT_THAT(pictures.files,
              ElementsAre(Field(&BenchFile::name, "a.png"), Field(&BenchFile::name, "./-")));
  EXPECT_EQ(inputs.next()->name, "a.png") << "the run has them all";
}

TEST_F(CalibrateTest, StopsLookingAndTakingAtSomeNumber) {
  std::vector<std::string> names(64, "gone.png");
  picture("a.png", 1);
  names.emplace_back("a.png");
  auto late = Inputs::open(names).value();
  EXPECT_THAT(first_pictures(late, {}).files, SizeIs(0));
  auto many = Inputs::open(std::vector<std::string>(50, "a.png")).value();
  EXPECT_THAT(first_pictures(many, {}).files, SizeIs(32));
}

TEST_F(CalibrateTest, ADeviceThatCantBeMeasured) {
  Options options;
  options.devices = "cuda:1000,cpu:2";
  std::vector<std::string> told;
  const CalibrationTalk talk{[] { return false; },
                             [&](const std::string& device) { told.push_back(device); }};
  const auto refused = calibrate(model(), options, {}, talk);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(told, IsEmpty()) << "that it isn't there is known before";
  options.on_device_error = OnDeviceError::kContinue;
  EXPECT_THAT(calibrate(model(), options, {}, talk).value(), ElementsAre(std::nullopt));
  EXPECT_THAT(told, ElementsAre("cpu:2")) << "what a run won't have isn't measured";
  options.devices = "cpu";
  options.on_device_error = OnDeviceError::kFail;
  EXPECT_EQ(calibrate(model(), options, {}, talk).error().message,
            "m: was loaded without its weights and can't be run");
}

TEST_F(CalibrateTest, IsLeftOutOnceTheRunIsStopped) {
  Options options;
  options.devices = "cpu";
  const CalibrationTalk talk{[] { return true; }, [](const std::string&) { FAIL(); }};
  EXPECT_THAT(calibrate(model(), options, {}, talk).value(), ElementsAre(std::nullopt));
}

}  // namespace
}  // namespace yolofleet::command
