#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu/intervals.hpp"

namespace yolofleet::testing {

enum class ActivityKind { kKernel, kUpload, kDownload, kOther };

/// A kernel or copy on a device.
struct Activity {
  ActivityKind kind = ActivityKind::kOther;
  Interval time;
  std::uint32_t device = 0;
  std::uint32_t stream = 0;  ///< of the activity, or of the launch of its graph
  std::uint32_t graph = 0;   ///< 0: not of a graph
  std::uint64_t bytes = 0;   ///< copied
  std::string name;
};

/// Records the devices' activities by CUPTI during its lifetime. At most one exists at a time.
/// Shows the parts of those graphs that are instantiated during its lifetime. Throws
/// std::runtime_error.
class ActivityTrace {
 public:
  ActivityTrace();
  ActivityTrace(const ActivityTrace&) = delete;
  ActivityTrace& operator=(const ActivityTrace&) = delete;
  ~ActivityTrace();

  /// The activities since the last call. Doesn't wait for the devices, so these must be done.
  std::vector<Activity> take();

 private:
  void* subscriber_ = nullptr;
};

}  // namespace yolofleet::testing
