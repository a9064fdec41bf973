// JPEG files through the public API, decoded by a GPU and by the CPU.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "gpu/devices.hpp"
#include "public/square_model.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet {
namespace {

EncodedImage with_square(int i) {
  const Image picture = testing::picture_with_square(16 * (i % 4), 16 * (i / 4 % 4));
  return encode_image(picture.view(), ImageFormat::kJpeg).value();
}

class JpegDetector : public testing::GpuTest {
 protected:
  Detector open(Decode decode, const std::string& devices = "") const {
    Options options;
    options.devices = devices.empty() ? "cuda:" + std::to_string(device()) : devices;
    options.decode = decode;
    options.build_level = 0;
    options.threads = 2;
    options.engine_cache =
        (std::filesystem::path{::testing::TempDir()} / "jpeg-detector-engines").string();
    return Detector::open(testing::square_model(), options).value();
  }

  /// The results of these files, in order.
  static std::vector<PictureResult> run(Detector& detector,
                                        const std::vector<EncodedImage>& files) {
    std::vector<PictureResult> results;
    std::thread source([&] {
      for (const EncodedImage& file : files) {
        ASSERT_TRUE(detector.submit(file));
      }
      detector.finish();
    });
    while (auto result = detector.next()) {
      results.push_back(*std::move(result));
    }
    source.join();
    return results;
  }
};

TEST_F(JpegDetector, FindsTheSameWithEitherDecoder) {
  std::vector<EncodedImage> files;
  for (int i = 0; i < 640; ++i) {
    files.push_back(with_square(i));
  }
  Detector cpu = open(Decode::kCpu);
  const auto wanted = run(cpu, files);
  EXPECT_TRUE(cpu.report().decoders.empty());
  for (const Decode decode : {Decode::kGpu, Decode::kAuto}) {
    Detector detector = open(decode);
    if (detector.report().decoders.empty()) {
      GTEST_SKIP() << "this GPU has no decoder";
    }
    const auto found = run(detector, files);
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_FALSE(found[i].error) << found[i].error->message;
      ASSERT_EQ(found[i].detections.size(), 1U) << i;
      const Detection& one = found[i].detections[0];
      EXPECT_NEAR(one.confidence, wanted[i].detections.at(0).confidence, 0.01);
      EXPECT_NEAR(one.box.x, wanted[i].detections[0].box.x, 0.5);
      EXPECT_EQ(found[i].width, 64);
    }
    const FleetReport report = detector.report();
    const DecoderReport& decoder = report.decoders.at(0);
    EXPECT_FALSE(decoder.error);
    EXPECT_EQ(decoder.pictures + report.decoded_by_threads, files.size());
    if (decode == Decode::kGpu) {
      EXPECT_EQ(decoder.pictures, files.size());
    }
  }
}

TEST_F(JpegDetector, RefusesWhatTheCpuRefuses) {
  std::vector<EncodedImage> files;
  for (int i = 0; i < 40; ++i) {
    EncodedImage file = with_square(i);
    if (i % 3 == 0) {
      file.resize(file.size() - 1 - static_cast<std::size_t>(i));
    } else if (i % 3 == 1) {
      file.resize(20);
    }
    files.push_back(std::move(file));
  }
  Detector cpu = open(Decode::kCpu);
  Detector gpu = open(Decode::kGpu);
  const auto wanted = run(cpu, files);
  const auto found = run(gpu, files);
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].error.has_value(), wanted[i].error.has_value()) << i;
    if (found[i].error) {
      EXPECT_EQ(found[i].error->message, wanted[i].error->message);
    }
  }
}

TEST_F(JpegDetector, UsesTheDecodersOfAllGpus) {
  if (device() == 0) {
    GTEST_SKIP() << "there is only one GPU";
  }
  std::vector<EncodedImage> files;
  for (int i = 0; i < 4000; ++i) {
    files.push_back(with_square(i));
  }
  Detector detector = open(Decode::kGpu, "cuda:0,cuda:" + std::to_string(device()));
  const auto found = run(detector, files);
  ASSERT_EQ(found.size(), files.size());
  for (const PictureResult& result : found) {
    ASSERT_FALSE(result.error) << result.error->message;
    ASSERT_EQ(result.detections.size(), 1U);
  }
  for (const DecoderReport& decoder : detector.report().decoders) {
    EXPECT_GT(decoder.pictures, 0U) << decoder.device;
  }
}

}  // namespace
}  // namespace yolofleet
