#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::backend {

/// What is kept of what a network finds: Options::confidence and Options::nms.
struct Thresholds {
  float confidence = 0.25F;
  float nms = 0.45F;
};

/// A picture on its way through a lane.
struct Job {
  std::uint64_t ticket = 0;  ///< given by the fleet; comes back as PictureResult::index
  Picture picture;
  /// In place of the lane's own; in all jobs of a batch the same.
  std::optional<Thresholds> thresholds{};
};

/// What is fixed when a lane is opened.
struct LaneInfo {
  std::string device;       ///< "cpu"
  std::string description;  ///< "cpu: OpenVINO 2026.4.1, bf16, 2 threads"
  std::size_t slots = 1;    ///< batches that may be in the lane at once
  std::size_t batch = 1;    ///< pictures of a batch at most
  /// Lanes of one kind give the same bits for a picture: the same engine on the same sort of
  /// device.
  std::string kind = device;
  Precision precision = Precision::kFp32;  ///< computed in; never kAuto
};

/// What a lane has measured since it was opened, as far as it does.
struct LaneStats {
  std::vector<StageReport> stages;
};

/// Takes a finished batch: its results, and the jobs that they are of, both in the order in which
/// they were submitted. A picture with a kDevice error is still in its job, decoded or not, so that
/// another device can look at it; other jobs may be empty shells. A lane that can't give pictures
/// back gives no jobs. Called from a thread of the lane, never
/// from within `try_submit`; must not block on the lane, and may call `try_submit`. The slot is
/// free again before it is called.
using OnFinished = std::function<void(std::vector<PictureResult> results, std::vector<Job> jobs)>;

/// One device's whole way from pixels to detections. The fleet above knows nothing of what a device
/// is made of; the back end below is free to fuse.
///
/// Thread safety: all members but the destructor may be called from any thread.
/// The destructor finishes what it took (each batch is handed to OnFinished) and joins its threads.
class Lane {
 public:
  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual ~Lane() = default;

  virtual const LaneInfo& info() const noexcept = 0;

  /// Takes the batch (1 to info().batch jobs, moved from) if a slot is free; returns false and
  /// leaves it alone otherwise. Never waits for the device.
  virtual bool try_submit(std::vector<Job>& batch) = 0;

  virtual LaneStats stats() const { return {}; }
};

}  // namespace yolofleet::backend
