#pragma once

#include <map>
#include <string>

#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// "cuda:0: building the engine, 0:37; this takes minutes", or, of several devices,
/// "cuda:0: building the engine, 0:37; cuda:1: waiting for another process to build it, 0:02".
std::string format_building(const std::map<std::string, BuildProgress>& devices);

/// Reports engine builds on standard error: on a terminal by a line that counts the time, elsewhere
/// by a line at the beginning; and by a line at the end. Called as OnBuild says.
class BuildLines {
 public:
  /// `shown`: the line may be drawn (standard error is a terminal, and --no-progress isn't given).
  explicit BuildLines(bool shown) : shown_(shown) {}
  BuildLines(const BuildLines&) = delete;
  BuildLines& operator=(const BuildLines&) = delete;
  ~BuildLines() = default;

  void show(const BuildProgress& progress);

  /// Calls `show` of this object, which must outlive it.
  OnBuild on_build();

 private:
  void begin(const BuildProgress& progress);
  void end(const BuildProgress& progress);

  bool shown_;
  std::map<std::string, BuildProgress> devices_;  ///< builds in progress
};

}  // namespace yolofleet::command
