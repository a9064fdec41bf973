#include "run/video_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "run/metric_head.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr double kMedian = 0.5;
constexpr double kSlowest = 0.99;

std::vector<VideoReport> live_ones(std::span<const VideoReport> videos) {
  std::vector<VideoReport> live;
  std::copy_if(videos.begin(), videos.end(), std::back_inserter(live),
               [](const VideoReport& video) { return video.live; });
  return live;
}

/// "2.4 ms", "240 ms".
std::string milliseconds(double seconds) {
  constexpr double kTwoDigits = 0.01;
  return fmt::format("{:.{}f} ms", 1e3 * seconds, seconds < kTwoDigits ? 1 : 0);
}

/// The value of a label, as Prometheus escapes it.
std::string label(const std::string& text) {
  std::string escaped;
  for (const char letter : printable(text)) {
    if (letter == '\\' || letter == '"') {
      escaped += '\\';
    }
    escaped += letter;
  }
  return escaped;
}

template <typename Get>
std::string counter(std::span<const VideoReport> videos, const char* name, const char* help,
                    Get get) {
  std::string text = metric_head(name, "counter", help);
  for (const VideoReport& video : videos) {
    text += fmt::format("{}{{source=\"{}\"}} {}\n", name, label(video.name), get(video));
  }
  return text;
}

std::string latency_metric(std::span<const VideoReport> videos) {
  constexpr const char* kName = "yolofleet_source_latency_seconds";
  std::string text = metric_head(kName, "summary", "Time from a frame's arrival to its result.");
  for (const VideoReport& video : videos) {
    const std::string source = label(video.name);
    for (const double share : {kMedian, kSlowest}) {
      text += fmt::format("{}{{source=\"{}\",quantile=\"{}\"}} {:.6g}\n", kName, source, share,
                          video.latency.quantile(share));
    }
    text += fmt::format("{0}_sum{{source=\"{1}\"}} {2:.6g}\n{0}_count{{source=\"{1}\"}} {3}\n",
                        kName, source, video.latency.sum(), video.latency.count());
  }
  return text;
}

}  // namespace

bool has_live(const RunReport& report) {
  return std::any_of(report.videos.begin(), report.videos.end(),
                     [](const VideoReport& video) { return video.live; });
}

std::vector<std::string> live_summaries(const RunReport& report) {
  std::vector<std::string> lines;
  for (const VideoReport& video : live_ones(report.videos)) {
    std::string line =
        fmt::format("{}: {}, {} dropped, {}", video.name, count_of(video.frames, "frame"),
                    video.dropped, count_of(video.reconnects, "reconnect"));
    if (video.latency.count() > 0) {
      line += fmt::format(", latency {} (median), {} (99 %)",
                          milliseconds(video.latency.quantile(kMedian)),
                          milliseconds(video.latency.quantile(kSlowest)));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

nlohmann::ordered_json videos_json(std::span<const VideoReport> videos) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const VideoReport& video : videos) {
    const auto latency = [&](double share) {
      return video.latency.count() > 0 ? Json(video.latency.quantile(share)) : Json();
    };
    list.push_back({{"source", video.name},
                    {"live", video.live},
                    {"frames", video.frames},
                    {"dropped", video.dropped},
                    {"reconnects", video.reconnects},
                    {"latency_median_seconds", latency(kMedian)},
                    {"latency_p99_seconds", latency(kSlowest)}});
  }
  return list;
}

std::string video_metrics(std::span<const VideoReport> videos) {
  const std::vector<VideoReport> live = live_ones(videos);
  if (live.empty()) {
    return {};
  }
  return counter(live, "yolofleet_source_frames_total",
                 "Frames of a live source that have a result, failed ones too.",
                 [](const VideoReport& video) { return video.frames; }) +
         counter(live, "yolofleet_source_dropped_total",
                 "Frames of a live source that were dropped, because the devices were too slow.",
                 [](const VideoReport& video) { return video.dropped; }) +
         counter(live, "yolofleet_source_reconnects_total",
                 "How often a live source was opened again after it had broken off.",
                 [](const VideoReport& video) { return video.reconnects; }) +
         latency_metric(live);
}

}  // namespace yolofleet::command
