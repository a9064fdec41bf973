#include "video/module.hpp"

#include <string_view>

#include "video/ffmpeg/log.hpp"
#include "video/ffmpeg/sink.hpp"
#include "video/ffmpeg/source.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

class FfmpegModule final : public Module {
 public:
  FfmpegModule() { silence_log(); }

  Result<std::unique_ptr<Source>> open_source(const std::string& source,
                                              const VideoOptions& options,
                                              const GpuContext* gpu) override {
    return ffmpeg::open_source(source, options, gpu);
  }

  Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options) override {
    return ffmpeg::open_sink(options);
  }
};

}  // namespace
}  // namespace yolofleet::video::ffmpeg

extern "C" __attribute__((visibility("default"))) yolofleet::video::Module* yolofleet_video_module(
    const char* build_id) {
  using yolofleet::video::ffmpeg::FfmpegModule;
  if (build_id == nullptr || std::string_view(build_id) != YOLOFLEET_BUILD_ID) {
    return nullptr;
  }
  // Never destroyed: threads of the program may use it until it ends.
  static auto* const module = new FfmpegModule();
  return module;
}
