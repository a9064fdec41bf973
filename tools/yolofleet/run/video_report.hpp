#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "run/run.hpp"
#include "video/pump.hpp"

namespace yolofleet::command {

/// Whether the run had a live source, which ends only with the run.
bool has_live(const RunReport& report);

/// A line for each live source: "rtsp://10.0.0.1/s: 250 frames, 3 dropped, 1 reconnect, latency 21
/// ms (median), 48 ms (99 %)".
std::vector<std::string> live_summaries(const RunReport& report);

/// An array with the counts and latencies of each video. Latencies are null where none is measured:
/// of files.
nlohmann::ordered_json videos_json(std::span<const VideoReport> videos);

/// The metrics of live sources in Prometheus' text format; empty if there are none.
std::string video_metrics(std::span<const VideoReport> videos);

}  // namespace yolofleet::command
