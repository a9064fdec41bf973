#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "input/source.hpp"
#include "output/sink.hpp"
#include "run/live_run.hpp"
#include "shared/progress.hpp"
#include "shared/signals.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::command {

/// What a run did.
struct RunReport {
  std::uint64_t pictures = 0;  ///< that have an outcome
  std::uint64_t failed = 0;
  std::uint64_t detections = 0;
  bool device_failed = false;         ///< for at least one picture
  bool complete = false;              ///< every picture of the inputs has an outcome
  std::optional<Error> output_error;  ///< of the sink that ended the run
  double seconds = 0;                 ///< from the start of the progress line
  double read_seconds = 0;            ///< spent in reading files
  double wait_seconds = 0;            ///< spent by who reads in waiting for room
  double write_seconds = 0;           ///< spent in sinks
  FleetReport fleet;                  ///< what the devices did
};

/// Who takes part in a run.
struct RunParts {
  Inputs& inputs;
  Detector& detector;
  std::vector<std::unique_ptr<Sink>>& sinks;
  Progress& progress;
  StopSignals& stop;
  LiveRun& live;             ///< is told of each outcome
  bool quiet = false;        ///< say nothing of failed pictures
  bool verbose = false;      ///< say of each picture which device looked at it
  bool clear_first = false;  ///< the progress line makes room for what sinks write on a terminal
};

/// Looks at all pictures of the inputs and gives what came out to the sinks, in the order of the
/// inputs unless the detector was opened without Options::ordered. One thread reads files and
/// submits them, the calling one takes results; what is in memory at once is bounded by the
/// detector's capacity. Ends early, with what is under way finished and written, when a stop is
/// requested; and at once when a sink fails.
RunReport run(const RunParts& parts);

}  // namespace yolofleet::command
