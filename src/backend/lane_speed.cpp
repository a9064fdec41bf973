#include "backend/lane_speed.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "backend/lane_feeder.hpp"

namespace yolofleet::backend {
namespace {

Image copy_of(const ImageView& view, const std::shared_ptr<PixelMemory>& memory) {
  Image image{view.width, view.height, view.format, memory};
  for (int y = 0; y < view.height; ++y) {
    const auto line = static_cast<std::size_t>(y);
    std::copy_n(view.data + line * view.stride, row_bytes(view),
                image.pixels().data() + line * image.stride());
  }
  return image;
}

/// The pictures in the device's pixel memory; none where the device needs no such memory.
Result<std::vector<Image>> copies_for(Device& device, std::span<const ImageView> pictures) {
  constexpr std::size_t kAlignment = 4096;  // at most what a picture's place is rounded up by
  if (device.pixel_memory_bytes() == 0) {
    return {};
  }
  std::size_t bytes = 0;
  for (const ImageView& view : pictures) {
    bytes += row_bytes(view) * static_cast<std::size_t>(view.height) + kAlignment;
  }
  const auto memory = device.make_pixel_memory(bytes);
  if (!memory) {
    return tl::unexpected(memory.error());
  }
  std::vector<Image> copies;
  std::transform(pictures.begin(), pictures.end(), std::back_inserter(copies),
                 [&](const ImageView& view) { return copy_of(view, *memory); });
  return copies;
}

DeviceSpeed report_of(const Lane& lane, const LaneFeeder& feeder, double per_second,
                      const SpeedRun& run) {
  const LaneInfo& info = lane.info();
  DeviceSpeed speed;
  speed.device = info.device;
  speed.description = info.description;
  speed.batch = info.batch;
  speed.slots = info.slots;
  speed.per_second = per_second;
  speed.seconds = run.measured.count();
  speed.batches = feeder.batches();
  speed.stages = lane.stats().stages;
  return speed;
}

}  // namespace

Result<DeviceSpeed> measure_lane(Device& device, const Workload& work,
                                 std::span<const ImageView> pictures, const SpeedRun& run) {
  const auto copies = copies_for(device, pictures);
  if (!copies) {
    return tl::unexpected(copies.error());
  }
  std::vector<ImageView> views{pictures.begin(), pictures.end()};
  std::transform(copies->begin(), copies->end(), views.begin(),
                 [](const Image& image) { return image.view(); });
  std::vector<std::string> warnings;
  LaneFeeder feeder{std::move(views)};
  const auto lane = device.open_lane(work, feeder.on_finished(), warnings);
  if (!lane) {
    return tl::unexpected(lane.error());
  }
  const auto rate = feeder.run(**lane, run.warm_up).and_then([&](double) {
    return feeder.run(**lane, run.measured);
  });
  if (!rate) {
    return tl::unexpected(rate.error());
  }
  DeviceSpeed speed = report_of(**lane, feeder, *rate, run);
  speed.warnings = std::move(warnings);
  return speed;
}

}  // namespace yolofleet::backend
