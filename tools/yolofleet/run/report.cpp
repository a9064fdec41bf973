#include "run/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "run/video_report.hpp"
#include "shared/inference_json.hpp"
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

std::uint64_t decoded_by_all(const FleetReport& report) {
  std::uint64_t sum = report.decoded_by_threads;
  for (const DecoderReport& decoder : report.decoders) {
    sum += decoder.pictures;
  }
  return sum;
}

/// "cuda:0 68 %, CPU 32 %"; "" if only the CPU decodes.
std::string decoding_shares(const FleetReport& report) {
  std::string text;
  const auto all = static_cast<double>(decoded_by_all(report));
  const auto share = [&](std::uint64_t pictures) {
    return percent(static_cast<double>(pictures), all);
  };
  for (const DecoderReport& decoder : report.decoders) {
    text += fmt::format("{} {:.0f} %, ", decoder.device, share(decoder.pictures));
  }
  return text.empty() ? "" : text + fmt::format("CPU {:.0f} %", share(report.decoded_by_threads));
}

/// "2 videos, 250 frames, 1 picture"; "1 picture" without videos.
std::string counts(const RunReport& report) {
  if (report.videos.empty()) {
    return count_of(report.pictures, "picture");
  }
  const std::uint64_t pictures = report.pictures - report.frames;
  return count_of(report.videos.size(), "video") + ", " + count_of(report.frames, "frame") +
         (pictures > 0 ? ", " + count_of(pictures, "picture") : "");
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
  std::string part;  ///< limited_by
  /// The devices' slowest stage, if they are the bottleneck and measure stages; the shares of the
  /// decoders, if decoding is and devices decode.
  std::string detail;
};

Limit limit_of(const RunReport& report) {
  Limit limit{limited_by(time_spent(report)), ""};
  if (limit.part == "devices") {
    limit.detail = longest_stage(report.fleet);
  } else if (limit.part == "decoding") {
    limit.detail = decoding_shares(report.fleet);
  }
  return limit;
}

}  // namespace

std::string format_summary(const RunReport& report) {
  const Limit limit = limit_of(report);
  const bool only_frames = report.frames > 0 && report.frames == report.pictures;
  return fmt::format("{}, {} failed, {}, {:.2f} s, {:.1f} {}/s{}{}", counts(report), report.failed,
                     count_of(report.detections, "detection"), report.seconds,
                     rate(report.pictures, report.seconds), only_frames ? "frames" : "pictures",
                     limit.part == "none" ? "" : ", limited by " + limit.part,
                     limit.detail.empty() ? "" : fmt::format(" ({})", limit.detail));
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

std::vector<std::string> decoder_summaries(const RunReport& report) {
  const FleetReport& fleet = report.fleet;
  const auto all = static_cast<double>(decoded_by_all(fleet));
  if (fleet.decoders.empty() || all == 0) {  // a run of videos alone decodes no files
    return {};
  }
  std::string line = "decoded by: ";
  for (const DecoderReport& decoder : fleet.decoders) {
    line += fmt::format("{} {:.1f} %, busy {:.0f} % of the time; ", decoder.device,
                        percent(static_cast<double>(decoder.pictures), all),
                        percent(decoder.busy_seconds, report.seconds));
  }
  line += fmt::format("{} of the CPU {:.1f} %, busy {:.0f} % of the time",
                      count_of(static_cast<std::uint64_t>(fleet.decode_threads), "thread"),
                      percent(static_cast<double>(fleet.decoded_by_threads), all),
                      percent(ratio(fleet.decode_seconds, fleet.decode_threads), report.seconds));
  return {line};
}

std::vector<std::string> failed_decoders(const FleetReport& report) {
  std::vector<std::string> lines;
  for (const DecoderReport& decoder : report.decoders) {
    if (decoder.error) {
      lines.push_back(fmt::format("{}: its JPEG decoder failed and isn't used any more: {}",
                                  decoder.device, decoder.error->message));
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
  spent.decoding =
      std::max(decoding_time(report.fleet),
               ratio(report.video_decode_seconds, static_cast<double>(report.video_threads)));
  spent.writing = report.write_seconds;
  for (const DeviceReport& device : report.fleet.devices) {
    if (!device.error) {
      spent.busy.push_back(device.busy_seconds);
    }
  }
  return spent;
}

std::string report_json(const RunReport& report, const Options& options) {
  Json devices = Json::array();
  for (const DeviceReport& device : report.fleet.devices) {
    devices.push_back(device_json(device));
  }
  const std::string limit = limited_by(time_spent(report));
  const std::string stage = limit == "devices" ? longest_stage(report.fleet) : "";
  Json json{{"pictures", report.pictures},
            {"frames", report.frames},
            {"failures", report.failed},
            {"detections", report.detections},
            {"detections_cut", report.fleet.detections_cut},
            {"pictures_over_limit", report.pictures_over_limit},
            {"candidates_dropped", report.fleet.candidates_dropped},
            {"pictures_over_room", report.pictures_over_room},
            {"complete", report.complete},
            {"seconds", report.seconds},
            {"pictures_per_second", rate(report.pictures, report.seconds)},
            {"limited_by", limit},
            {"limited_by_stage", stage.empty() ? Json() : Json(stage)},
            {"stages",
             {{"read", report.read_seconds},
              {"wait", report.wait_seconds},
              {"decode", report.fleet.decode_seconds},
              {"write", report.write_seconds}}},
            {"decode_threads", report.fleet.decode_threads},
            {"decoded_by_threads", report.fleet.decoded_by_threads},
            {"decoders", decoders_json(report.fleet)},
            {"videos", videos_json(report.videos)},
            {"devices", std::move(devices)}};
  json.update(decode_json(options));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace yolofleet::command
