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

void StageMarks::add_to(CudaTimes& times, int times_over) const {
  const auto add = [&](CudaStage stage, Mark begin, Mark end) {
    times.add(stage, between(event(begin), event(end)) * times_over);
  };
  const Mark network_end = has_boxes_ ? Mark::kBoxesBegin : Mark::kDownload;
  add(CudaStage::kUpload, Mark::kUpload, Mark::kUploaded);
  add(CudaStage::kResize, Mark::kResize, Mark::kNetwork);
  add(CudaStage::kNetwork, Mark::kNetwork, network_end);
  add(CudaStage::kMakeBoxes, network_end, Mark::kDownload);
  add(CudaStage::kDownload, Mark::kDownload, Mark::kEnd);
}

}  // namespace yolofleet::backend::tensorrt
