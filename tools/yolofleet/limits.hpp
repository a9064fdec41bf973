#pragma once

#include <string>
#include <vector>

namespace yolofleet::command {

/// How a run's time was spent, in seconds. A picture goes through these in turn: one thread reads,
/// devices look (and decode, some of them in their own threads), one thread writes.
struct TimeSpent {
  double run = 0;            ///< the whole of it
  double reading = 0;        ///< by the thread that reads
  double waiting = 0;        ///< by the same thread, for room for what it has read
  double writing = 0;        ///< by the thread that writes
  std::vector<double> busy;  ///< with pictures, of each device in use
  double decoding = 0;       ///< of what devices measure of themselves, summed
  double measured = 0;       ///< all that devices measure of themselves, summed
};

/// The part that held a run up. One that is at work all the time makes those before it wait and
/// leaves those behind it idle; so it is the last one that was at work for more than 90 % of the
/// run:
/// - "writing"
/// - "devices": on average; "decoding" instead if more than half of what they measure is that
/// - "reading"
/// - "decoding" if none of them was, and yet who reads waited for more than half of the run: then
///   pictures were held up between reading and devices
/// - "none": else, as in a run that is too short to tell
std::string limited_by(const TimeSpent& spent);

}  // namespace yolofleet::command
