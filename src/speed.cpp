#include "yolofleet/speed.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "backend/cpu/engine_speed.hpp"
#include "base/fail.hpp"
#include "check_options.hpp"
#include "choose_devices.hpp"
#include "gpus.hpp"
#include "lane_feeder.hpp"
#include "lanes.hpp"

namespace yolofleet {
namespace {

/// What both need to be told before a device is opened. Errors: theirs.
Result<ChosenDevice> the_device(const Model& model, const Options& options, double seconds) {
  if (auto checked = check(model, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (!(seconds > 0)) {  // NaN isn't either
    return base::fail(ErrorCode::kInvalidArgument, "seconds is {}; more than 0 is allowed",
                      seconds);
  }
  std::vector<std::string> warnings;  // of GPUs that can't be used: nobody asked for those
  return choose_devices(options, list_gpus(), warnings).and_then([&](const auto& chosen) {
    return only_device(chosen, options.devices);
  });
}

Image copy_of(const ImageView& view, const std::shared_ptr<PixelMemory>& memory) {
  Image image{view.width, view.height, view.format, memory};
  const std::size_t row =
      static_cast<std::size_t>(view.width) * static_cast<std::size_t>(channels(view.format));
  for (int y = 0; y < view.height; ++y) {
    const auto line = static_cast<std::size_t>(y);
    std::copy_n(view.data + line * view.stride, row, image.pixels().data() + line * image.stride());
  }
  return image;
}

/// The pictures where a GPU fetches them from. Errors: kTooLarge, kDevice.
Result<std::vector<Image>> page_locked(std::span<const ImageView> pictures, std::size_t gpu) {
  constexpr std::size_t kAlignment = 4096;  // at most what a picture's place is rounded up by
  std::size_t bytes = 0;
  for (const ImageView& view : pictures) {
    bytes += static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height) *
                 static_cast<std::size_t>(channels(view.format)) +
             kAlignment;
  }
  const auto memory = gpu_pixel_memory(gpu, bytes);
  if (!memory) {
    return tl::unexpected(memory.error());
  }
  std::vector<Image> copies;
  std::transform(pictures.begin(), pictures.end(), std::back_inserter(copies),
                 [&](const ImageView& view) { return copy_of(view, *memory); });
  return copies;
}

Result<void> check_all(std::span<const ImageView> pictures) {
  if (pictures.empty()) {
    return base::fail(ErrorCode::kInvalidArgument, "no pictures to measure with");
  }
  for (const ImageView& picture : pictures) {
    if (auto checked = check(picture); !checked) {
      return checked;
    }
  }
  return {};
}

/// Errors: that of the first picture that fails.
Result<DeviceSpeed> measure(backend::Lane& lane, LaneFeeder& feeder, double seconds) {
  const auto rate = feeder.run(lane, backend::SpeedRun{}.warm_up).and_then([&](double) {
    return feeder.run(lane, std::chrono::duration<double>{seconds});
  });
  if (!rate) {
    return tl::unexpected(rate.error());
  }
  const backend::LaneInfo& info = lane.info();
  DeviceSpeed speed;
  speed.device = info.device;
  speed.description = info.description;
  speed.batch = info.batch;
  speed.slots = info.slots;
  speed.per_second = *rate;
  speed.seconds = seconds;
  speed.batches = feeder.batches();
  speed.stages = lane.stats().stages;
  return speed;
}

}  // namespace

Result<DeviceSpeed> engine_speed(const Model& model, const Options& options, double seconds) {
  const auto device = the_device(model, options, seconds);
  if (!device) {
    return tl::unexpected(device.error());
  }
  backend::SpeedRun run;
  run.measured = std::chrono::duration<double>{seconds};
  if (device->gpu) {
    return gpu_engine_speed(model.network(), *device->gpu, options, run);
  }
  return backend::cpu::open_cpu_engine(model.network(), options.precision, device->threads,
                                       backend::cpu::Streams::kOneAThread)
      .and_then([&](const auto& engine) { return backend::cpu::measure_engine(engine, run); });
}

Result<DeviceSpeed> lane_speed(const Model& model, const Options& options,
                               std::span<const ImageView> pictures, double seconds) {
  const auto device = the_device(model, options, seconds);
  if (!device) {
    return tl::unexpected(device.error());
  }
  if (auto checked = check_all(pictures); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  std::vector<ImageView> views{pictures.begin(), pictures.end()};
  std::vector<Image> copies;
  if (device->gpu) {
    auto copied = page_locked(pictures, *device->gpu);
    if (!copied) {
      return tl::unexpected(std::move(copied).error());
    }
    copies = *std::move(copied);
    std::transform(copies.begin(), copies.end(), views.begin(),
                   [](const Image& image) { return image.view(); });
  }
  std::vector<std::string> warnings;
  LaneFeeder feeder{std::move(views)};
  const auto lanes = lanes_for(model.network(), options, warnings);
  if (!lanes) {
    return tl::unexpected(lanes.error());
  }
  const auto lane = lanes->lanes.front().open(feeder.on_finished(), warnings);
  if (!lane) {
    return tl::unexpected(lane.error());
  }
  auto speed = measure(**lane, feeder, seconds);
  if (speed) {
    speed->warnings = std::move(warnings);
  }
  return speed;
}

}  // namespace yolofleet
