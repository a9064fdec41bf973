#include "backend/tensorrt/stage_marks.hpp"

#include <chrono>

namespace yolofleet::backend::tensorrt {
namespace {

/// Nothing where the device can't tell: that is no reason to lose a batch.
std::chrono::nanoseconds between(const cuda::Event& begin, const cuda::Event& end) {
  float milliseconds = 0;
  if (cudaEventElapsedTime(&milliseconds, begin.get(), end.get()) != cudaSuccess) {
    return {};
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<float, std::milli>{milliseconds});
}

}  // namespace

StageMarks::StageMarks(int device) {
  for (cuda::Event& event : events_) {
    event = cuda::make_timing_event(device);
  }
}

void StageMarks::record(Mark mark, cudaStream_t stream) const {
  cuda::check(cudaEventRecord(event(mark).get(), stream));
}

void StageMarks::capture(Mark mark, cudaStream_t stream) {
  cuda::check(cudaEventRecordWithFlags(event(mark).get(), stream, cudaEventRecordExternal));
  has_boxes_ = has_boxes_ || mark == Mark::kBoxesBegin;
}

void StageMarks::add_to(CudaTimes& times) const {
  const Mark network_end = has_boxes_ ? Mark::kBoxesBegin : Mark::kDownload;
  times.add(CudaStage::kUpload, between(event(Mark::kUpload), event(Mark::kUploaded)));
  times.add(CudaStage::kResize, between(event(Mark::kResize), event(Mark::kNetwork)));
  times.add(CudaStage::kNetwork, between(event(Mark::kNetwork), event(network_end)));
  times.add(CudaStage::kMakeBoxes, between(event(network_end), event(Mark::kDownload)));
  times.add(CudaStage::kDownload, between(event(Mark::kDownload), event(Mark::kEnd)));
}

}  // namespace yolofleet::backend::tensorrt
