#include "yolofleet/video.hpp"

#include <utility>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "video/reader.hpp"

namespace yolofleet {
namespace {

/// Of a device's name. Null: the CPU decodes, which needs no back end for it.
Result<std::unique_ptr<video::GpuFrames>> gpu_frames(const std::string& device) {
  if (device.empty() || device == "cpu") {
    return nullptr;
  }
  Options options;
  options.devices = device;
  return backend::choose_one_device(options, backend::list_all_devices())
      .and_then([](const std::shared_ptr<backend::Device>& chosen) {
        return chosen->make_video_frames();
      });
}

}  // namespace

Result<std::unique_ptr<VideoReader>> VideoReader::open(const std::string& source,
                                                       const VideoOptions& options) {
  if (auto checked = video::check(options); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  auto gpu = gpu_frames(options.device);
  if (!gpu) {
    return tl::unexpected(std::move(gpu.error()));
  }
  return video::open_reader(source, options, *std::move(gpu));
}

}  // namespace yolofleet
