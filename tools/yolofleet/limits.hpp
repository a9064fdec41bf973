#pragma once

#include <string>
#include <vector>

namespace yolofleet::command {

/// How a run's time was spent, in seconds. A picture goes through these in turn: one thread reads,
/// several decode, devices look, one thread writes.
struct TimeSpent {
  double run = 0;            ///< the whole of it
  double reading = 0;        ///< by the thread that reads, without what it waits for room
  double decoding = 0;       ///< by each of the threads that do nothing else, on average
  std::vector<double> busy;  ///< with pictures, of each device in use
  double writing = 0;        ///< by the thread that writes
};

/// The part that held a run up. One that is at work all the time makes those before it wait and
/// leaves those behind it idle; so it is the last one that was at work for more than 90 % of the
/// run: "writing", "devices" (on average), "decoding" or "reading". "none" if there is none such,
/// as in a run that is too short to tell. A device that decodes for itself, as a CPU without GPUs
/// beside it does, is one of the devices.
std::string limited_by(const TimeSpent& spent);

}  // namespace yolofleet::command
