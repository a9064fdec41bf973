#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "input/source.hpp"
#include "output/sink.hpp"
#include "run/live_run.hpp"
#include "shared/progress.hpp"
#include "shared/signals.hpp"
#include "video/pump.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::command {

/// The outcome of a run.
struct RunReport {
  std::uint64_t pictures = 0;  ///< that have an outcome, frames too
  std::uint64_t frames = 0;    ///< of videos, that have an outcome
  std::uint64_t failed = 0;
  std::uint64_t detections = 0;
  std::uint64_t pictures_over_limit = 0;  ///< with PictureResult::detections_cut
  std::uint64_t pictures_over_room = 0;   ///< with PictureResult::candidates_dropped
  bool device_failed = false;             ///< for at least one picture
  bool complete = false;                  ///< every picture of the inputs has an outcome
  std::optional<Error> output_error;      ///< of the sink that ended the run
  double seconds = 0;                     ///< from the start of the progress line
  double read_seconds = 0;                ///< in which the next file wasn't read yet
  double wait_seconds = 0;                ///< in which a file waited for room
  double write_seconds = 0;               ///< spent in sinks
  FleetReport fleet;                      ///< what the devices did
  std::vector<VideoReport> videos{};      ///< in their order
  double video_decode_seconds = 0;        ///< of the threads that decode video files, summed
  std::size_t video_threads = 0;          ///< that decode video files
};

/// Everything that a run needs.
struct RunParts {
  Inputs& inputs;
  Detector& detector;
  std::vector<std::unique_ptr<Sink>>& sinks;
  Progress& progress;
  StopSignals& stop;
  LiveRun& live;             ///< counts each outcome
  bool quiet = false;        ///< don't report failed pictures
  bool verbose = false;      ///< report the device of each picture
  bool clear_first = false;  ///< hide the progress line while sinks write on a terminal
  /// Reads the videos of the inputs; null: there is none.
  VideoPump* videos = nullptr;
  /// Whether a sink draws on the pixels of this frame. It is submitted as RGB then: lanes don't
  /// return the pixels of planes. Empty: no frame is drawn on.
  std::function<bool(const Frame& frame)> draws_frame{};
};

/// Detects in all pictures of the inputs and writes the outcomes to the sinks, in the order of the
/// inputs unless the detector was opened without Options::ordered. Some threads read files ahead
/// (ReadAhead), one submits them, the calling thread takes the results. A VideoPump and a second
/// thread that submits do the same for videos; their frames and the pictures come mixed. The
/// detector's bounds and those of reading ahead limit the memory. When a stop is requested, the
/// pictures under way are finished and written first. When a sink fails, the run ends at once.
RunReport run(const RunParts& parts);

}  // namespace yolofleet::command
