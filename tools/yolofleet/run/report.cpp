#include "run/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

using Json = nlohmann::ordered_json;

/// `part / whole`; 0 where there is no whole.
double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0.0;
}

double rate(std::uint64_t pictures, double seconds) {
  return ratio(static_cast<double>(pictures), seconds);
}

double percent(double part, double whole) {
  return 100 * std::min(ratio(part, whole), 1.0);
}

Json error_json(const std::optional<Error>& error) {
  return error ? Json{{"code", to_string(error->code)}, {"message", error->message}} : Json();
}

Json device_json(const DeviceReport& device) {
  Json stages = Json::object();
  for (const StageReport& stage : device.stages) {
    stages[stage.stage] = stage.seconds;
  }
  return {{"device", device.device},
          {"share", device.share},
          {"pictures", device.pictures},
          {"failures", device.failures},
          {"batches", device.batches},
          {"mean_batch", device.mean_batch},
          {"busy_seconds", device.busy_seconds},
          {"queue_seconds", device.queue_seconds},
          {"stages", std::move(stages)},
          {"error", error_json(device.error)}};
}

std::string device_line(const DeviceReport& device, double seconds) {
  return fmt::format(
      "{}: {:.1f} % of the pictures, {:.1f} pictures/s, {:.1f} a batch, busy {:.0f} "
      "% of the time",
      device.device, 100 * device.share, rate(device.pictures, seconds), device.mean_batch,
      percent(device.busy_seconds, seconds));
}

/// The bottleneck of a run.
struct Limit {
  std::string part;   ///< limited_by
  std::string stage;  ///< the devices' slowest, if they are the bottleneck and measure stages
};

Limit limit_of(const RunReport& report) {
  Limit limit{limited_by(time_spent(report)), ""};
  if (limit.part == "devices") {
    limit.stage = longest_stage(report.fleet);
  }
  return limit;
}

}  // namespace

std::string format_summary(const RunReport& report) {
  const Limit limit = limit_of(report);
  return fmt::format("{} {}, {} failed, {} {}, {:.2f} s, {:.1f} pictures/s{}{}", report.pictures,
                     report.pictures == 1 ? "picture" : "pictures", report.failed,
                     report.detections, report.detections == 1 ? "detection" : "detections",
                     report.seconds, rate(report.pictures, report.seconds),
                     limit.part == "none" ? "" : ", limited by " + limit.part,
                     limit.stage.empty() ? "" : fmt::format(" ({})", limit.stage));
}

bool has_unused_device(const FleetReport& opened) {
  return std::any_of(opened.devices.begin(), opened.devices.end(),
                     [](const DeviceReport& device) { return device.error.has_value(); });
}

std::vector<std::string> failed_devices(const FleetReport& opened, const FleetReport& now,
                                        bool all) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(opened.devices.size(), now.devices.size()); ++i) {
    const DeviceReport& device = now.devices[i];
    if (device.error && (all || !opened.devices[i].error)) {
      lines.push_back(fmt::format("{}: {}", device.device, device.error->message));
    }
  }
  return lines;
}

std::vector<std::string> device_summaries(const RunReport& report) {
  std::vector<std::string> lines;
  if (report.fleet.devices.size() > 1) {
    for (const DeviceReport& device : report.fleet.devices) {
      lines.push_back(device_line(device, report.seconds));
    }
  }
  return lines;
}

std::vector<std::string> lost_devices(const FleetReport& before, const FleetReport& now) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(before.devices.size(), now.devices.size()); ++i) {
    const DeviceReport& device = now.devices[i];
    if (device.error && !before.devices[i].error) {
      lines.push_back(fmt::format("{} was lost and isn't used any more: {}", device.device,
                                  device.error->message));
    }
  }
  return lines;
}

std::vector<std::string> left_out(const RunReport& report) {
  std::vector<std::string> lines;
  const FleetReport& fleet = report.fleet;
  if (fleet.detections_cut > 0) {
    lines.push_back(fmt::format("--max-detections left out {} in {}",
                                count_of(fleet.detections_cut, "detection"),
                                count_of(report.pictures_over_limit, "picture")));
  }
  if (fleet.candidates_dropped > 0) {
    lines.push_back(fmt::format(
        "a device had no room for {} in {}: the weakest were left out before NMS; a higher "
        "--confidence gives fewer",
        count_of(fleet.candidates_dropped, "candidate"),
        count_of(report.pictures_over_room, "picture")));
  }
  return lines;
}

TimeSpent time_spent(const RunReport& report) {
  TimeSpent spent;
  spent.run = report.seconds;
  spent.reading = report.read_seconds;
  spent.waiting = report.wait_seconds;
  spent.decoding = ratio(report.fleet.decode_seconds, report.fleet.decode_threads);
  spent.writing = report.write_seconds;
  for (const DeviceReport& device : report.fleet.devices) {
    if (!device.error) {
      spent.busy.push_back(device.busy_seconds);
    }
  }
  return spent;
}

std::string report_json(const RunReport& report) {
  Json devices = Json::array();
  for (const DeviceReport& device : report.fleet.devices) {
    devices.push_back(device_json(device));
  }
  const Limit limit = limit_of(report);
  const Json json{{"pictures", report.pictures},
                  {"failures", report.failed},
                  {"detections", report.detections},
                  {"detections_cut", report.fleet.detections_cut},
                  {"pictures_over_limit", report.pictures_over_limit},
                  {"candidates_dropped", report.fleet.candidates_dropped},
                  {"pictures_over_room", report.pictures_over_room},
                  {"complete", report.complete},
                  {"seconds", report.seconds},
                  {"pictures_per_second", rate(report.pictures, report.seconds)},
                  {"limited_by", limit.part},
                  {"limited_by_stage", limit.stage.empty() ? Json() : Json(limit.stage)},
                  {"stages",
                   {{"read", report.read_seconds},
                    {"wait", report.wait_seconds},
                    {"decode", report.fleet.decode_seconds},
                    {"write", report.write_seconds}}},
                  {"decode_threads", report.fleet.decode_threads},
                  {"devices", std::move(devices)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace yolofleet::command
