#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/bottleneck.hpp"
#include "run/run.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::command {

/// "2 pictures, 0 failed, 13 detections, 0.42 s, 4.8 pictures/s, limited by devices (network)";
/// with videos "2 videos, 250 frames, 1 picture, 0 failed, ..."; without the last part if there is
/// no bottleneck. "limited by decoding (cuda:0 68 %, CPU 32 %)" tells the shares if devices decode.
std::string format_summary(const RunReport& report);

/// Whether a Detector was opened without one of its devices.
bool has_unused_device(const FleetReport& opened);

/// "cuda:1: ..." for each device that isn't used now; without `all` only those that were used at
/// first.
std::vector<std::string> failed_devices(const FleetReport& opened, const FleetReport& now,
                                        bool all);

/// A line for each device if there are several: "cuda:0: 62.0 % of the pictures, 812.1 pictures/s,
/// 15.9 a batch, busy 97 % of the time".
std::vector<std::string> device_summaries(const RunReport& report);

/// A line for what decoded the files if it was more than the CPU: "decoded by: cuda:0 68.0 %, busy
/// 97 % of the time; 16 threads of the CPU 32.0 %, busy 99 % of the time". Empty otherwise.
std::vector<std::string> decoder_summaries(const RunReport& report);

/// A line for each decoder that failed: "cuda:1: its JPEG decoder failed and isn't used any more:
/// ...".
std::vector<std::string> failed_decoders(const FleetReport& report);

/// A line for each device that was lost since `before`: "cuda:1 was lost and isn't used any more:
/// ...".
std::vector<std::string> lost_devices(const FleetReport& before, const FleetReport& now);

/// A line for the detections that --max-detections left out, and one for the candidates that a
/// device had no room for, each if there are any: "--max-detections left out 204 detections in 1
/// picture".
std::vector<std::string> left_out(const RunReport& report);

TimeSpent time_spent(const RunReport& report);

/// The content of --report's file: one JSON object, indented, with a line feed at the end. Times
/// are in seconds. `options`: of the run.
std::string report_json(const RunReport& report, const Options& options);

}  // namespace yolofleet::command
