#include "run/live_run.hpp"

#include <fmt/format.h>

#include <vector>

#include "run/metric_head.hpp"
#include "run/video_report.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::command {
namespace {

template <typename Value>
std::string metric(const char* name, const char* type, const char* help, Value value) {
  return metric_head(name, type, help) + fmt::format("{} {}\n", name, value);
}

/// One value for each device or decoder.
template <typename Report, typename Get>
std::string device_metric(const std::vector<Report>& devices, const char* name, const char* type,
                          const char* help, Get get) {
  if (devices.empty()) {
    return {};
  }
  std::string text = metric_head(name, type, help);
  for (const Report& device : devices) {
    text += fmt::format("{}{{device=\"{}\"}} {}\n", name, device.device, get(device));
  }
  return text;
}

std::string decoder_metrics(const FleetReport& fleet) {
  return metric("yolofleet_decode_seconds_total", "counter",
                "Time that the decoding threads were busy, summed.", fleet.decode_seconds) +
         metric("yolofleet_decoded_by_threads_total", "counter",
                "Files that the decoding threads decoded, or found wrong.",
                fleet.decoded_by_threads) +
         device_metric(fleet.decoders, "yolofleet_decoder_up", "gauge",
                       "Whether the device's JPEG decoder is used; 0: it failed.",
                       [](const DecoderReport& decoder) { return decoder.error ? 0 : 1; }) +
         device_metric(fleet.decoders, "yolofleet_decoder_pictures_total", "counter",
                       "Files that the device has decoded.",
                       [](const DecoderReport& decoder) { return decoder.pictures; }) +
         device_metric(fleet.decoders, "yolofleet_decoder_busy_seconds_total", "counter",
                       "Time that the device spent decoding files.",
                       [](const DecoderReport& decoder) { return decoder.busy_seconds; });
}

std::string device_metrics(const std::vector<DeviceReport>& devices) {
  return device_metric(devices, "yolofleet_device_up", "gauge",
                       "Whether the device is used; 0: it couldn't be opened, failed the self-test "
                       "or was lost.",
                       [](const DeviceReport& device) { return device.error ? 0 : 1; }) +
         device_metric(devices, "yolofleet_device_pictures_total", "counter",
                       "Pictures that the device has finished, failed ones too.",
                       [](const DeviceReport& device) { return device.pictures; }) +
         device_metric(devices, "yolofleet_device_failures_total", "counter",
                       "Pictures that failed on the device.",
                       [](const DeviceReport& device) { return device.failures; }) +
         device_metric(devices, "yolofleet_device_batches_total", "counter",
                       "Batches that the device has finished.",
                       [](const DeviceReport& device) { return device.batches; }) +
         device_metric(devices, "yolofleet_device_busy_seconds_total", "counter",
                       "Time with at least one batch in the device.",
                       [](const DeviceReport& device) { return device.busy_seconds; }) +
         device_metric(
             devices, "yolofleet_device_queue_mean_seconds", "gauge",
             "Mean time that pictures waited for the device, decoded where that is done before.",
             [](const DeviceReport& device) { return device.queue_seconds; });
}

}  // namespace

void LiveRun::count(const PictureResult& result) {
  ++pictures_;
  detections_ += result.detections.size();
  if (result.error) {
    ++failures_;
    if (result.error->code == ErrorCode::kDevice) {
      device_failed_ = true;
    }
  }
}

Snapshot LiveRun::now() const {
  Snapshot run;
  run.start = start_;
  run.pictures = pictures_;
  run.failures = failures_;
  run.detections = detections_;
  run.device_failed = device_failed_;
  run.output_failed = output_failed_;
  const std::lock_guard lock(mutex_);
  if (detector_ != nullptr) {
    run.fleet = detector_->report();
  }
  if (videos_ != nullptr) {
    run.videos = videos_->report();
  }
  return run;
}

LiveRun::Shows::Shows(LiveRun& run, const Detector& detector, const VideoPump* videos) : run_(run) {
  const std::lock_guard lock(run_.mutex_);
  run_.detector_ = &detector;
  run_.videos_ = videos;
}

LiveRun::Shows::~Shows() {
  const std::lock_guard lock(run_.mutex_);
  run_.detector_ = nullptr;
  run_.videos_ = nullptr;
}

std::string metrics_text(const Snapshot& run) {
  const std::chrono::duration<double> start = run.start.time_since_epoch();
  return metric_head("yolofleet_build_info", "gauge", "The program's version.") +
         fmt::format("yolofleet_build_info{{version=\"{}\"}} 1\n", version()) +
         metric("process_start_time_seconds", "gauge",
                "Start time of the process since the Unix epoch, in seconds.",
                fmt::format("{:.3f}", start.count())) +
         metric("yolofleet_pictures_total", "counter",
                "Pictures that have a result, failed ones too.", run.pictures) +
         metric("yolofleet_failures_total", "counter", "Pictures that failed.", run.failures) +
         metric("yolofleet_detections_total", "counter", "Objects found.", run.detections) +
         metric("yolofleet_detections_cut_total", "counter",
                "Detections that --max-detections left out.", run.fleet.detections_cut) +
         metric("yolofleet_candidates_dropped_total", "counter",
                "Boxes over the threshold that a device had no room for, before NMS.",
                run.fleet.candidates_dropped) +
         decoder_metrics(run.fleet) + device_metrics(run.fleet.devices) + video_metrics(run.videos);
}

std::string troubles(const Snapshot& run) {
  std::string text;
  for (const DeviceReport& device : run.fleet.devices) {
    if (device.error) {
      text += fmt::format("{} isn't used: {}\n", device.device, device.error->message);
    }
  }
  if (run.device_failed) {
    text += "pictures were lost with a device that failed\n";
  }
  if (run.output_failed) {
    text += "an output can't be written\n";
  }
  return text;
}

}  // namespace yolofleet::command
