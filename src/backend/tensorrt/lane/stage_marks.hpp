#pragma once

#include <array>
#include <cstddef>

#include "backend/stage_times.hpp"
#include "cuda/handles.hpp"

namespace yolofleet::backend::tensorrt {

/// Host: the work of the lane's two threads, which fill and enqueue batches and read their results;
/// without the fleet's work when it takes them. The other stages run on the device. Their times are
/// summed over batches that overlap, so their sum exceeds the time that passes; for most of it,
/// batches wait for each other. They are measured for the batches of one slot: SampledTimes.
/// Upload: from the first copy to the last, with the host's work in between. The time that a batch
/// waits for its turn to be computed is in no stage.
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

/// Points that a batch passes on the device.
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

/// The times at which a slot's batch passed its marks, taken by the device. Never waits.
/// Thread safety: of a slot, whose threads take turns.
class StageMarks {
 public:
  /// Throws cuda::CudaError.
  explicit StageMarks(int device);

  /// The device notes the time when it gets there. With `stream`'s device current. Throws
  /// cuda::CudaError.
  void record(Mark mark, cudaStream_t stream) const;

  /// The same as a part of the graph that is being captured on `stream`, in each of its runs.
  void capture(Mark mark, cudaStream_t stream);

  /// What the batch took that has passed them all; nothing of the host's stages. An engine whose
  /// boxes have no mark counts them as network.
  CudaTimes::Sample times() const;

 private:
  const cuda::Event& event(Mark mark) const { return events_[static_cast<std::size_t>(mark)]; }

  std::array<cuda::Event, static_cast<std::size_t>(Mark::kCount)> events_;
  bool has_boxes_ = false;
};

}  // namespace yolofleet::backend::tensorrt
