#pragma once

#include <string>
#include <vector>

#include "yolofleet/report.hpp"

namespace yolofleet::command {

/// How the time of a run was spent, in seconds. A picture goes through these in turn: several
/// threads read, one submits, several decode, devices detect, one thread writes.
struct TimeSpent {
  double run = 0;            ///< the whole of it
  double reading = 0;        ///< by the thread that submits, for the next file to be read
  double waiting = 0;        ///< by the same thread, for room for it
  double decoding = 0;       ///< as `decoding_time`
  std::vector<double> busy;  ///< of each device in use, with pictures
  double writing = 0;        ///< by the thread that writes
};

/// The time of decoding, which runs on several threads and devices at once: that of a thread of the
/// CPU, on average, and of the devices' decoders, on average, weighted by the pictures that
/// they decoded.
double decoding_time(const FleetReport& report);

/// The bottleneck of a run. A part that works all the time makes the parts before it wait and
/// leaves the parts after it idle; so it is the last part that worked for more than 90 % of the
/// run: "writing", "devices" (on average), "decoding" or "reading". If there is none, but
/// submitting waited for room for more than half of the run, it is the part after reading that
/// worked longest, if that was more than 30 % of the run. Otherwise it is "none", as in a run that
/// is too short. A device that decodes for itself, as a CPU without GPUs does, counts as "devices".
std::string limited_by(const TimeSpent& spent);

/// The stage in which the batches of the devices in use spent most time, summed over devices; "" if
/// no device measures its stages. The time of a batch in a stage includes its waiting for other
/// batches there. A busy device always has waiting batches, and they wait for the slowest stage.
std::string longest_stage(const FleetReport& report);

}  // namespace yolofleet::command
