#include "lanes.hpp"

#include <fmt/format.h>

#include "backend/cpu/cpu_count.hpp"
#include "backend/cpu/cpu_lane.hpp"
#include "choose_devices.hpp"
#include "gpus.hpp"

namespace yolofleet {
namespace {

backend::cpu::CpuLaneOptions cpu_lane_options(const Options& options, int threads) {
  backend::cpu::CpuLaneOptions lane;
  lane.confidence = options.confidence;
  lane.nms = options.nms;
  lane.max_detections = options.max_detections;
  lane.resize = options.resize;
  lane.keep_pixels = options.keep_pixels;
  lane.max_pixels = options.max_pixels;
  lane.threads = threads;
  return lane;
}

fleet::OpenLane cpu_lane(const graph::Network& network, const Options& options, int threads,
                         std::vector<std::string>& warnings) {
  if (const int cpus = backend::cpu::available_cpus(); threads > cpus) {
    warnings.push_back(
        fmt::format("{} threads were asked for, but this process may use {}", threads, cpus));
  }
  return {"cpu", [&network, &options, threads](const backend::OnFinished& on_finished,
                                               std::vector<std::string>& /*warnings*/) {
            return backend::cpu::open_cpu_lane(network, cpu_lane_options(options, threads),
                                               options.precision, on_finished);
          }};
}

}  // namespace

Result<Lanes> lanes_for(const graph::Network& network, const Options& options,
                        std::vector<std::string>& warnings) {
  const auto devices = choose_devices(options, list_gpus(), warnings);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  Lanes chosen;
  for (const ChosenDevice& device : *devices) {
    if (device.gpu) {
      chosen.gpus.push_back(*device.gpu);
    }
  }
  const std::vector<fleet::OpenLane> gpus = gpu_lanes(network, chosen.gpus, options);
  auto gpu = gpus.begin();
  for (const ChosenDevice& device : *devices) {
    chosen.lanes.push_back(device.gpu ? *gpu++
                                      : cpu_lane(network, options, device.threads, warnings));
  }
  return chosen;
}

}  // namespace yolofleet
