#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/bottleneck.hpp"
#include "run/run.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::command {

/// "2 pictures, 0 failed, 13 detections, 0.42 s, 4.8 pictures/s, limited by devices (network)";
/// without the last part if there is no bottleneck.
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

/// A line for each device that was lost since `before`: "cuda:1 was lost and isn't used any more:
/// ...".
std::vector<std::string> lost_devices(const FleetReport& before, const FleetReport& now);

/// A line for the detections that --max-detections left out, and one for the candidates that a
/// device had no room for, each if there are any: "--max-detections left out 204 detections in 1
/// picture".
std::vector<std::string> left_out(const RunReport& report);

TimeSpent time_spent(const RunReport& report);

/// What --report writes: one JSON object, indented, with a line feed at the end. Times are in
/// seconds.
std::string report_json(const RunReport& report);

}  // namespace yolofleet::command
