#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu/intervals.hpp"

namespace yolofleet::testing {

enum class ActivityKind { kKernel, kUpload, kDownload, kOther };

/// Something that a device did.
struct Activity {
  ActivityKind kind = ActivityKind::kOther;
  Interval time;
  std::uint32_t device = 0;
  std::uint32_t stream = 0;  ///< that it was put on; of a graph, that the graph was launched on
  std::uint32_t graph = 0;   ///< 0: not of a graph
  std::uint64_t bytes = 0;   ///< copied
  std::string name;
};

/// Notes what devices do, by CUPTI, from its making to its end. One at a time; a graph must be
/// instantiated while it is there to be seen in parts. Throws std::runtime_error.
class ActivityTrace {
 public:
  ActivityTrace();
  ActivityTrace(const ActivityTrace&) = delete;
  ActivityTrace& operator=(const ActivityTrace&) = delete;
  ~ActivityTrace();

  /// What was noted since the last call. Everything must be done: the devices are not waited for.
  std::vector<Activity> take();

 private:
  void* subscriber_ = nullptr;
};

}  // namespace yolofleet::testing
