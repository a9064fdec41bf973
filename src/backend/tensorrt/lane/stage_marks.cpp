#include "backend/tensorrt/lane/stage_marks.hpp"

#include <chrono>

namespace yolofleet::backend::tensorrt {
namespace {

/// 0 if the device can't tell the time: the batch is good nevertheless.
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

CudaTimes::Sample StageMarks::times() const {
  CudaTimes::Sample times{};
  const auto set = [&](CudaStage stage, Mark begin, Mark end) {
    times[static_cast<std::size_t>(stage)] = between(event(begin), event(end));
  };
  const Mark network_end = has_boxes_ ? Mark::kBoxesBegin : Mark::kDownload;
  set(CudaStage::kUpload, Mark::kUpload, Mark::kUploaded);
  set(CudaStage::kResize, Mark::kResize, Mark::kNetwork);
  set(CudaStage::kNetwork, Mark::kNetwork, network_end);
  set(CudaStage::kMakeBoxes, network_end, Mark::kDownload);
  set(CudaStage::kDownload, Mark::kDownload, Mark::kEnd);
  return times;
}

}  // namespace yolofleet::backend::tensorrt
