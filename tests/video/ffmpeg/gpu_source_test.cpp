// Decoding on a GPU, with a driver that has none: what becomes of a video that the driver's decoder
// refuses, or that breaks on the way.

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "video/clips.hpp"
#include "video/ffmpeg/fake_driver.hpp"
#include "video/ffmpeg/handles.hpp"
#include "video/ffmpeg/log.hpp"
#include "video/ffmpeg/source.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

using ::testing::HasSubstr;

struct Shown {
  std::vector<std::uint8_t> pixels;
  int width = 0;
  int height = 0;
  bool on_gpu = false;
  double seconds = 0;

  bool operator==(const Shown&) const = default;
};

struct All {
  std::vector<Shown> frames;
  std::string device;
  std::optional<Error> error;
};

All all_of(Result<std::unique_ptr<Source>> source) {
  All all;
  while (source) {
    auto frame = (*source)->next();
    all.device = (*source)->info().device;
    if (!frame) {
      all.error = frame.error();
      return all;
    }
    if (!*frame) {
      return all;
    }
    const FrameView& view = **frame;
    const Image image = to_rgb(view.picture);
    all.frames.push_back({{image.pixels().begin(), image.pixels().end()},
                          image.width(),
                          image.height(),
                          view.on_gpu,
                          view.seconds});
  }
  all.error = source.error();
  return all;
}

template <typename Function>
Function* function_of(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

class GpuSource : public VideoTest {
 protected:
  static void SetUpTestSuite() {
    silence_log();  // as the module does
    // FFmpeg asks for them by their names, and gets those that are loaded already.
    const std::string folder = YOLOFLEET_FAKE_DRIVER_DIR;
    ASSERT_NE(::dlopen((folder + "/libcuda.so.1").c_str(), RTLD_NOW), nullptr) << ::dlerror();
    nvcuvid = ::dlopen((folder + "/libnvcuvid.so.1").c_str(), RTLD_NOW);
    ASSERT_NE(nvcuvid, nullptr) << ::dlerror();
  }

  void TearDown() override {
    const auto counts = function_of<GetFakeDriverCounts>(nvcuvid, kGetFakeDriverCounts)();
    EXPECT_EQ(counts.decoders, 0);
    EXPECT_EQ(counts.mapped_frames, 0);
  }

  static All by_gpu(FakeDecoder decoder, const std::string& file, VideoOptions options = {}) {
    function_of<SetFakeDecoder>(nvcuvid, kSetFakeDecoder)(decoder);
    options.device = "cuda:0";
    const GpuContext context;
    return all_of(open_source(file, options, &context));
  }
  static All by_cpu(const std::string& file, const VideoOptions& options = {}) {
    return all_of(open_source(file, options, nullptr));
  }

  std::string h264(const std::string& name, double seconds, const std::string& options = "") const {
    return clip(name, test_source(seconds) + kH264 + " -pix_fmt yuv420p " + options);
  }

 private:
  static inline void* nvcuvid = nullptr;
};

/// The frames of the CPU, but grey and on a GPU.
std::vector<Shown> on_gpu(std::vector<Shown> frames, const All& like) {
  for (Shown& frame : frames) {
    frame.on_gpu = true;
    frame.pixels = like.frames.at(0).pixels;
  }
  return frames;
}

TEST_F(GpuSource, GivesTheGpusFramesInTheOrderAndAtTheTimesOfTheCpu) {
  for (const char* const options : {"", "-bf 3", "-vf crop=318:238", "-metadata:s:v rotate=90"}) {
    const std::string file = h264("a.mp4", 2, options);
    const All cpu = by_cpu(file);
    const All gpu = by_gpu(FakeDecoder::kWorks, file);
    EXPECT_FALSE(gpu.error);
    EXPECT_EQ(gpu.device, "cuda:0");
    ASSERT_EQ(gpu.frames.size(), 50U);
    EXPECT_EQ(gpu.frames, on_gpu(cpu.frames, gpu)) << options;
  }
}

class GpuSourceRefused : public GpuSource, public ::testing::WithParamInterface<FakeDecoder> {};

TEST_P(GpuSourceRefused, GivesTheFramesOfTheCpu) {
  const std::string file = h264("a.mp4", 2, "-bf 3 -g 20");
  for (const double from : {0.0, 1.3}) {
    VideoOptions options;
    options.from = from;
    const All cpu = by_cpu(file, options);
    const All gpu = by_gpu(GetParam(), file, options);
    EXPECT_FALSE(gpu.error);
    EXPECT_EQ(gpu.device, "cpu");
    EXPECT_FALSE(cpu.frames.empty());
    EXPECT_TRUE(gpu.frames == cpu.frames) << from;
  }
}

TEST_P(GpuSourceRefused, ReportsTheDamageThatTheCpuSees) {
  const std::string whole = content_of(h264("a.mp4", 2, "-movflags +faststart"));
  const std::string cut = write("cut.mp4", whole.substr(0, whole.size() / 2));
  const All cpu = by_cpu(cut);
  const All gpu = by_gpu(GetParam(), cut);
  ASSERT_TRUE(cpu.error && gpu.error);
  EXPECT_EQ(gpu.error->message, cpu.error->message);
  EXPECT_TRUE(gpu.frames == cpu.frames);
}

std::string name_of(const ::testing::TestParamInfo<FakeDecoder>& info) {
  switch (info.param) {
    case FakeDecoder::kRefuses:
      return "Refuses";
    case FakeDecoder::kCantBeMade:
      return "CantBeMade";
    case FakeDecoder::kFails:
      return "Fails";
    default:
      return "GivesNone";
  }
}

INSTANTIATE_TEST_SUITE_P(Decoder, GpuSourceRefused,
                         ::testing::Values(FakeDecoder::kRefuses, FakeDecoder::kCantBeMade,
                                           FakeDecoder::kFails, FakeDecoder::kGivesNone),
                         name_of);

TEST_F(GpuSource, LeavesToTheCpuWhatFfmpegDoesntCropThere) {
  const std::string file = h264("a.mp4", 1, "-bsf:v h264_metadata=crop_left=64:crop_top=8");
  const All cpu = by_cpu(file);
  const All gpu = by_gpu(FakeDecoder::kWorks, file);
  EXPECT_EQ(gpu.device, "cpu");
  ASSERT_EQ(cpu.frames.at(0).width, 256);
  EXPECT_TRUE(gpu.frames == cpu.frames);
}

TEST_F(GpuSource, FfmpegWarnsOfNothing) {
  static std::atomic<int> warnings = 0;
  av_log_set_callback([](void* /*context*/, int level, const char* /*format*/, va_list /*values*/) {
    warnings += level <= AV_LOG_WARNING ? 1 : 0;
  });
  const std::string file = h264("a.mp4", 1);
  VideoOptions options;
  options.threads = 2;
  EXPECT_EQ(by_cpu(file, options).frames.size(), 25U);
  EXPECT_EQ(by_gpu(FakeDecoder::kWorks, file, options).frames.size(), 25U);
  silence_log();
  EXPECT_EQ(warnings, 0);
}

TEST_F(GpuSource, EndsWithAnErrorAfterTheFramesThatABrokenDecoderGave) {
  const All gpu = by_gpu(FakeDecoder::kBreaks, h264("a.mp4", 2, "-bf 0"));
  ASSERT_TRUE(gpu.error);
  EXPECT_THAT(gpu.error->message, HasSubstr("a.mp4: is cut off or damaged, or cuda:0 failed: "));
  EXPECT_EQ(gpu.device, "cuda:0");
  EXPECT_LE(gpu.frames.size(), static_cast<std::size_t>(kPicturesBeforeBreak));
  EXPECT_GE(gpu.frames.size(), 1U);
}

}  // namespace
}  // namespace yolofleet::video::ffmpeg
