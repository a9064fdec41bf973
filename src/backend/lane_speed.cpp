#include "backend/lane_speed.hpp"

#include <memory>
#include <utility>

#include "backend/lane_feeder.hpp"
#include "image/plane_rows.hpp"

namespace yolofleet::backend {
namespace {

/// Copies of pictures in a device's pixel memory.
struct Copies {
  std::vector<PixelBuffer> buffers;
  std::vector<PixelView> views;
};

/// The copies; none where the device needs no such memory.
Result<Copies> copies_for(Device& device, std::span<const PixelView> pictures) {
  constexpr std::size_t kAlignment = 4096;  // at most what a picture's place is rounded up by
  Copies copies;
  if (device.pixel_memory_bytes() == 0) {
    return copies;
  }
  std::size_t bytes = 0;
  for (const PixelView& view : pictures) {
    bytes += image::packed_bytes(view) + kAlignment;
  }
  const auto memory = device.make_pixel_memory(bytes);
  if (!memory) {
    return tl::unexpected(memory.error());
  }
  for (const PixelView& view : pictures) {
    PixelBuffer& buffer = copies.buffers.emplace_back(image::packed_bytes(view), *memory);
    image::copy_packed(view, buffer.bytes().data());
    copies.views.push_back(image::packed_at(view, buffer.bytes().data()));
  }
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
  LaneStats stats = lane.stats();
  speed.stages = std::move(stats.stages);
  speed.uploaded_bytes = stats.uploaded_bytes;
  return speed;
}

}  // namespace

Result<DeviceSpeed> measure_lane(Device& device, const Workload& work,
                                 std::span<const PixelView> pictures, const SpeedRun& run) {
  const auto copies = copies_for(device, pictures);
  if (!copies) {
    return tl::unexpected(copies.error());
  }
  std::vector<PixelView> views = copies->views;
  if (views.empty()) {
    views.assign(pictures.begin(), pictures.end());
  }
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
