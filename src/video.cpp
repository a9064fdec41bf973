#include "yolofleet/video.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "video/reader.hpp"

namespace yolofleet {
namespace {

using DevicePointer = std::shared_ptr<backend::Device>;

/// The device of this name. It is looked for once: a program may open many videos, and listing the
/// devices takes its time.
Result<DevicePointer> device_named(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, DevicePointer> known;
  const std::lock_guard lock{mutex};
  if (const auto found = known.find(name); found != known.end()) {
    return found->second;
  }
  Options options;
  options.devices = name;
  auto chosen = backend::choose_one_device(options, backend::list_all_devices());
  if (chosen) {
    known.emplace(name, *chosen);
  }
  return chosen;
}

}  // namespace

Result<std::unique_ptr<VideoReader>> VideoReader::open(const std::string& source,
                                                       const VideoOptions& options) {
  if (auto checked = video::check(options); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  if (options.device.empty() || options.device == "cpu") {  // that needs no back end
    return video::open_reader(source, options, nullptr);
  }
  return device_named(options.device).and_then([&](const DevicePointer& device) {
    return device->make_video_frames().and_then([&](std::unique_ptr<video::GpuFrames> gpu) {
      VideoOptions on_device = options;
      on_device.device = device->id();
      return video::open_reader(source, on_device, std::move(gpu));
    });
  });
}

}  // namespace yolofleet
