// Videos that a GPU decodes, beside the CPU. The variable YOLOFLEET_GPU_CLIPS names a folder with
// clips: ci/gpu_clips makes one. The GPU must decode each but those whose names contain ".cpu." or
// ".any.".

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "gpu/devices.hpp"
#include "public/square_model.hpp"
#include "yolofleet/detector.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet {
namespace {

/// The samples of a frame, without gaps, wherever they lie.
Planes on_host(const Picture& picture) {
  if (const auto* const planes = std::get_if<Planes>(&picture)) {
    return *planes;
  }
  const auto& image = std::get<DeviceImage>(picture);
  const auto& view = std::get<PlanesView>(image.pixels);
  Planes planes(view.width, view.height, view.format);
  planes.set_orientation(view.orientation);
  std::uint8_t* to = planes.samples().data();
  const auto sizes = plane_sizes(view.format, view.width, view.height);
  for (std::size_t plane = 0; plane < 3; ++plane) {
    const auto [row_bytes, rows] = sizes[plane];
    if (rows > 0) {
      cuda::check(cudaMemcpy2D(to, row_bytes, view.planes[plane], view.strides[plane], row_bytes,
                               static_cast<std::size_t>(rows), cudaMemcpyDeviceToHost));
      to += sizes[plane].bytes();
    }
  }
  return planes;
}

/// The greatest difference of two frames in RGB: they may have different layouts.
int difference(const Planes& a, const Planes& b) {
  const Image one = to_rgb(a.view());
  const Image other = to_rgb(b.view());
  if (one.width() != other.width() || one.height() != other.height()) {
    return 256;
  }
  int most = 0;
  for (std::size_t i = 0; i < one.pixels().size(); ++i) {
    most = std::max(most, std::abs(int{one.pixels()[i]} - int{other.pixels()[i]}));
  }
  return most;
}

std::vector<std::filesystem::path> clips() {
  std::vector<std::filesystem::path> found;
  if (const char* const folder = std::getenv("YOLOFLEET_GPU_CLIPS")) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      found.push_back(entry.path());
    }
  }
  return found;
}

class VideoOnGpu : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped() && clips().empty()) {
      GTEST_SKIP() << "YOLOFLEET_GPU_CLIPS names no folder with clips";
    }
  }

  std::string name() const { return "cuda:" + std::to_string(device()); }

  static std::vector<VideoFrame> read(VideoReader& reader) {
    std::vector<VideoFrame> frames;
    for (;;) {
      auto frame = reader.next();
      EXPECT_TRUE(frame) << frame.error().message;
      if (!frame || !*frame) {
        return frames;
      }
      frames.push_back(**std::move(frame));
    }
  }
};

TEST_F(VideoOnGpu, GivesTheFramesOfTheCpu) {
  for (const auto& clip : clips()) {
    SCOPED_TRACE(clip.filename());
    VideoOptions options;
    auto cpu = VideoReader::open(clip, options).value();
    options.device = name();
    auto gpu = VideoReader::open(clip, options).value();
    options.on_host = true;
    auto host = VideoReader::open(clip, options).value();
    const auto wanted = read(*cpu);
    const auto found = read(*gpu);
    const auto copied = read(*host);
    const std::string file = clip.filename();
    const bool on_cpu = gpu->info().device == "cpu";
    EXPECT_EQ(cpu->info().device, "cpu");
    if (file.find(".any.") == std::string::npos) {
      EXPECT_EQ(gpu->info().device, file.find(".cpu.") == std::string::npos ? name() : "cpu");
    }
    ASSERT_EQ(found.size(), wanted.size());
    ASSERT_EQ(copied.size(), wanted.size());
    int most = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].number, wanted[i].number);
      EXPECT_DOUBLE_EQ(found[i].seconds, wanted[i].seconds);
      EXPECT_EQ(std::holds_alternative<DeviceImage>(found[i].picture), !on_cpu);
      const Planes planes = on_host(found[i].picture);
      most = std::max(most, difference(planes, std::get<Planes>(wanted[i].picture)));
      const auto samples = std::get<Planes>(copied[i].picture).samples();
      EXPECT_TRUE(std::ranges::equal(samples, planes.samples())) << "frame " << i;
    }
    // H.264, HEVC, VP9 and AV1 prescribe each bit. P010 has 10 bits at the top of 16, so its
    // colours are rounded elsewhere.
    EXPECT_LE(most, 1);
    EXPECT_GT(found.size(), 0U);
  }
}

TEST_F(VideoOnGpu, SkipsToATime) {
  for (const auto& clip : clips()) {
    SCOPED_TRACE(clip.filename());
    VideoOptions options;
    options.from = 0.5;
    const auto wanted = read(*VideoReader::open(clip, options).value());
    options.device = name();
    const auto found = read(*VideoReader::open(clip, options).value());
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_DOUBLE_EQ(found[i].seconds, wanted[i].seconds);
    }
    EXPECT_LE(difference(on_host(found.front().picture), std::get<Planes>(wanted.front().picture)),
              1);
  }
}

/// Frames in the GPU's memory give the detections of frames in the host's.
TEST_F(VideoOnGpu, GivesTheDetectionsOfTheHostsFrames) {
  Options options;
  options.devices = name();
  options.build_level = 0;
  options.confidence = 0.01F;
  options.engine_cache = (std::filesystem::path{::testing::TempDir()} / "video-engines").string();
  Detector detector = Detector::open(testing::square_model(), options).value();
  for (const auto& clip : clips()) {
    SCOPED_TRACE(clip.filename());
    std::map<bool, std::vector<std::vector<Detection>>> found;
    for (const bool on_host : {false, true}) {
      VideoOptions how;
      how.device = name();
      how.on_host = on_host;
      auto reader = VideoReader::open(clip, how).value();
      std::size_t submitted = 0;
      while (auto frame = reader->next().value()) {
        if (submitted >= 8) {
          found[on_host].push_back(detector.next()->detections);
        }
        detector.submit(std::move(frame->picture)).value();
        ++submitted;
      }
      while (found[on_host].size() < submitted) {
        found[on_host].push_back(detector.next()->detections);
      }
    }
    ASSERT_EQ(found[true].size(), found[false].size());
    for (std::size_t i = 0; i < found[true].size(); ++i) {
      ASSERT_EQ(found[true][i].size(), found[false][i].size()) << "frame " << i;
      for (std::size_t j = 0; j < found[true][i].size(); ++j) {
        EXPECT_EQ(found[true][i][j].confidence, found[false][i][j].confidence);
      }
    }
  }
}

/// Memory and file descriptors are flat. The first rounds fill caches of the driver.
TEST_F(VideoOnGpu, LeavesNothingBehind) {
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto open_all = [&](int times) {
    for (int i = 0; i < times; ++i) {
      for (const auto& clip : clips()) {
        VideoOptions options;
        options.device = name();
        auto reader = VideoReader::open(clip, options).value();
        EXPECT_TRUE(reader->next());
        EXPECT_TRUE(reader->next());
      }
    }
  };
  const char* const wanted = std::getenv("YOLOFLEET_GPU_VIDEO_ROUNDS");
  open_all(3);
  const std::size_t free_before = cuda::free_bytes(device());
  const auto open_before = descriptors();
  open_all(wanted == nullptr ? 5 : std::atoi(wanted));
  const std::size_t free_after = cuda::free_bytes(device());
  EXPECT_GE(free_after + (std::size_t{32} << 20U), free_before);
  EXPECT_EQ(descriptors(), open_before);
}

/// With the GPU's memory for frames in use, frames come through the host.
TEST_F(VideoOnGpu, GivesPlanesWhereItsMemoryIsFull) {
  VideoOptions options;
  options.device = name();
  const auto clip = clips().front();
  std::vector<std::unique_ptr<VideoReader>> readers;
  std::vector<VideoFrame> kept;
  bool full = false;
  for (int i = 0; i < 100'000 && !full; ++i) {
    auto reader = VideoReader::open(clip, options).value();
    while (auto frame = reader->next().value()) {
      full = full || std::holds_alternative<Planes>(frame->picture);
      if (full) {
        break;
      }
      kept.push_back(*std::move(frame));
    }
  }
  EXPECT_TRUE(full);
  kept.clear();
  auto reader = VideoReader::open(clip, options).value();
  const auto frame = reader->next().value();
  EXPECT_TRUE(std::holds_alternative<DeviceImage>(frame->picture));
}

TEST_F(VideoOnGpu, IsListed) {
  for (const DeviceInfo& info : list_devices()) {
    EXPECT_EQ(info.decodes_videos, info.id.starts_with("cuda:")) << info.id;
  }
}

}  // namespace
}  // namespace yolofleet
