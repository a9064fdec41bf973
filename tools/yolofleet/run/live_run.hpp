#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "video/pump.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::command {

/// The state of a run.
struct Snapshot {
  std::chrono::system_clock::time_point start;  ///< of the process, or nearly so
  std::uint64_t pictures = 0;                   ///< that have an outcome
  std::uint64_t failures = 0;
  std::uint64_t detections = 0;
  bool device_failed = false;  ///< for at least one picture
  bool output_failed = false;
  FleetReport fleet;                ///< no device before they are open
  std::vector<VideoReport> videos;  ///< none before they are open
};

/// The state of a run while it lasts, for other threads. Thread-safe.
class LiveRun {
 public:
  void count(const PictureResult& result);
  void output_failed() { output_failed_ = true; }

  Snapshot now() const;

  /// Shows the devices of a detector, and videos, as long as it lives, and must not outlive them.
  class Shows {
   public:
    Shows(LiveRun& run, const Detector& detector, const VideoPump* videos = nullptr);
    Shows(const Shows&) = delete;
    Shows& operator=(const Shows&) = delete;
    ~Shows();

   private:
    LiveRun& run_;
  };

 private:
  const std::chrono::system_clock::time_point start_ = std::chrono::system_clock::now();
  std::atomic<std::uint64_t> pictures_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> detections_{0};
  std::atomic<bool> device_failed_{false};
  std::atomic<bool> output_failed_{false};
  mutable std::mutex mutex_;
  const Detector* detector_ = nullptr;  ///< null: its devices aren't open yet, or not any more
  const VideoPump* videos_ = nullptr;   ///< null: none, or not open
};

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const Snapshot& run);

/// The problems of the run, one line each; empty if there are none.
std::string troubles(const Snapshot& run);

}  // namespace yolofleet::command
