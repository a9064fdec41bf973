#pragma once

#include <array>
#include <cstddef>

#include "backend/stage_times.hpp"
#include "cuda/handles.hpp"

namespace yolofleet::backend::tensorrt {

/// The stages of a batch.
/// kHost: the lane's two threads fill and enqueue batches and read their results; the fleet's work
/// on the results doesn't count.
/// The device measures the other stages, for the batches of one slot (SampledTimes). Batches that
/// run side by side count once each, so the sum exceeds the elapsed time; most of the excess is
/// time in which batches wait for each other. kUpload lasts from the first copy to the last,
/// including the host's work in between. No stage includes a batch's wait for its turn (Turns).
enum class CudaStage : std::size_t {
  kHost,
  kUpload,
  kResize,
  kNetwork,
  kMakeBoxes,
  kDownload,
  kCount
};
inline constexpr std::array kCudaStageNames{"host",    "upload", "resize",
                                            "network", "boxes",  "download"};
using CudaTimes = StageTimes<CudaStage>;

/// The points on the device between the stages of a batch.
enum class Mark : std::size_t {
  kUpload,
  kUploaded,
  kResize,
  kNetwork,
  kBoxesBegin,
  kDownload,
  kEnd,
  kCount
};

/// The times at which a slot's batch passed the marks, measured by the device. Never waits.
/// Thread safety: as Slot.
class StageMarks {
 public:
  /// Throws cuda::CudaError.
  explicit StageMarks(int device);

  /// Enqueues a mark: the device notes the time when it gets there. The device of `stream` must be
  /// current. Throws cuda::CudaError.
  void record(Mark mark, cudaStream_t stream) const;

  /// Adds a mark to the graph that is being captured on `stream`; each launch notes the time anew.
  /// Throws cuda::CudaError.
  void capture(Mark mark, cudaStream_t stream);

  /// The times of the device's stages for the last batch, which must have passed all marks; kHost
  /// is 0. Without Mark::kBoxesBegin, kNetwork includes kMakeBoxes.
  CudaTimes::Sample times() const;

 private:
  const cuda::Event& event(Mark mark) const { return events_[static_cast<std::size_t>(mark)]; }

  std::array<cuda::Event, static_cast<std::size_t>(Mark::kCount)> events_;
  bool has_boxes_ = false;
};

}  // namespace yolofleet::backend::tensorrt
