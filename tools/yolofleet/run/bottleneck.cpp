#include "run/bottleneck.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace yolofleet::command {
namespace {

constexpr double kAllTheTime = 0.9;
constexpr double kMost = 0.5;
constexpr double kMuch = 0.3;

double mean(const std::vector<double>& values) {
  return values.empty() ? 0.0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

}  // namespace

double decoding_time(const FleetReport& report) {
  std::vector<double> busy;
  double by_devices = 0;
  for (const DecoderReport& decoder : report.decoders) {
    busy.push_back(decoder.busy_seconds);
    by_devices += static_cast<double>(decoder.pictures);
  }
  const double thread =
      report.decode_threads > 0 ? report.decode_seconds / report.decode_threads : 0;
  const auto by_threads = static_cast<double>(report.decoded_by_threads);
  const double all = by_devices + by_threads;
  return all > 0 ? (by_threads * thread + by_devices * mean(busy)) / all : thread;
}

std::string limited_by(const TimeSpent& spent) {
  struct Part {
    const char* name;
    double seconds;
  };
  // From the end to the beginning.
  const std::array<Part, 4> parts{{{"writing", spent.writing},
                                   {"devices", mean(spent.busy)},
                                   {"decoding", spent.decoding},
                                   {"reading", spent.reading}}};
  const auto always = std::find_if(parts.begin(), parts.end(), [&](const Part& part) {
    return part.seconds > kAllTheTime * spent.run;
  });
  if (always != parts.end()) {
    return always->name;
  }
  if (spent.waiting > kMost * spent.run) {
    const auto longest =
        std::max_element(parts.begin(), parts.end() - 1,
                         [](const Part& a, const Part& b) { return a.seconds < b.seconds; });
    return longest->seconds > kMuch * spent.run ? longest->name : "none";
  }
  return "none";
}

std::string longest_stage(const FleetReport& report) {
  std::map<std::string, double> stages;
  for (const DeviceReport& device : report.devices) {
    if (!device.error) {
      for (const StageReport& stage : device.stages) {
        stages[stage.stage] += stage.seconds;
      }
    }
  }
  const auto longest =
      std::max_element(stages.begin(), stages.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return longest != stages.end() && longest->second > 0 ? longest->first : "";
}

}  // namespace yolofleet::command
