#include "backend/tensorrt/lane/slot.hpp"

#include <cuda_fp16.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "backend/tensorrt/network/tensor_names.hpp"
#include "backend/tensorrt/plugins/boxes_mark.hpp"
#include "base/fail.hpp"
#include "ops/copy_detections_cuda.hpp"
#include "ops/resize.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

template <typename Buffer>
ops::DeviceDetections detections_in(const Buffer& buffer, const OutputLayout& layout) {
  return {at<int>(buffer, layout.numbers),    at<int>(buffer, layout.kept),
          at<int>(buffer, layout.candidates), at<float4>(buffer, layout.boxes),
          at<float>(buffer, layout.scores),   at<int>(buffer, layout.classes)};
}

}  // namespace

Slot::Slot(int device, const SlotOptions& options, std::size_t activation_bytes)
    : device_(device),
      options_(options),
      layout_(options.max_batch),
      memory_(device, options, activation_bytes),
      stream_(cuda::make_stream(device)),
      done_(cuda::make_blocking_event(device)),
      marks_(device),
      pictures_(options_, memory_, stream_) {
  std::memset(memory_.parameters.get(), 0, memory_.parameters.bytes());
  *at<ops::Thresholds>(memory_.parameters, layout_.thresholds) = options_.thresholds;
  // A batch that is smaller than its step reads places that were never filled: make them defined.
  const cuda::DeviceGuard guard{device_};
  send_parameters();
  cuda::check(cudaMemsetAsync(memory_.input.get(), 0, memory_.input.bytes(), stream_.get()));
  pictures_.load_kernels();
}

bool Slot::enqueue_step(Step& step, cudaStream_t stream, StageMarks* marks) {
  const auto mark = [marks](Mark which, cudaStream_t where) {
    if (marks != nullptr) {
      marks->capture(which, where);
    }
  };
  mark(Mark::kNetwork, stream);
  {
    const BoxesMark boxes{[&](cudaStream_t within) { mark(Mark::kBoxesBegin, within); }};
    if (!step.context.enqueue(stream)) {
      return false;
    }
  }
  mark(Mark::kDownload, stream);
  ops::enqueue_copy_detections(detections_in(memory_.device_output, step.output),
                               detections_in(memory_.output, step.output), step.batch,
                               options_.max_detections, stream);
  mark(Mark::kEnd, stream);
  return true;
}

Result<void> Slot::add_step(Plan& plan, int batch) {
  auto context = Context::make(plan, batch, memory_.activations, stream_.get());
  if (!context) {
    return tl::unexpected(std::move(context).error());
  }
  Step step{batch, {batch, options_.max_detections}, *std::move(context), {}};
  const auto refused = [&] {
    return base::fail(ErrorCode::kDevice, "TensorRT can't run batches of {}: {}", batch,
                      take_errors());
  };
  using Tensor = std::pair<const char*, void*>;
  const ops::DeviceDetections output = detections_in(memory_.device_output, step.output);
  const std::array<Tensor, 9> tensors{
      {{kInput, memory_.input.get()},
       {kThresholds, at<void*>(memory_.device_parameters, layout_.thresholds)},
       {kMappings, at<void*>(memory_.device_parameters, layout_.mappings)},
       {kNumbers, output.numbers},
       {kKeptNumbers, output.kept},
       {kCandidateNumbers, output.candidates},
       {kBoxes, output.boxes},
       {kScores, output.scores},
       {kClasses, output.classes}}};
  for (const auto& [name, memory] : tensors) {
    if (!step.context.set_address(name, memory)) {
      return refused();
    }
  }
  // TensorRT completes its setup in the first run, so this run must precede the capture.
  const cuda::DeviceGuard guard{device_};
  if (!enqueue_step(step, stream_.get(), nullptr)) {
    return refused();
  }
  cuda::check(cudaStreamSynchronize(stream_.get()));
  bool enqueued = false;
  step.graph = cuda::capture(stream_, [&](cudaStream_t stream) {
    enqueued = enqueue_step(step, stream, options_.measured ? &marks_ : nullptr);
  });
  if (!enqueued) {
    return refused();
  }
  cuda::check(cudaGraphUpload(step.graph.get(), stream_.get()));
  steps_.push_back(std::move(step));
  return {};
}

Result<std::unique_ptr<Slot>> Slot::make(Plan& plan, const SlotOptions& options) {
  try {
    std::unique_ptr<Slot> slot{new Slot{plan.device(), options, plan.activation_bytes()}};
    for (int batch = 1;; batch = std::min(2 * batch, options.max_batch)) {
      if (auto added = slot->add_step(plan, batch); !added) {
        return tl::unexpected(std::move(added).error());
      }
      if (batch == options.max_batch) {
        break;
      }
    }
    const cuda::DeviceGuard guard{plan.device()};
    cuda::check(cudaStreamSynchronize(slot->stream_.get()));
    return slot;
  } catch (const cuda::CudaError& error) {
    return tl::unexpected(cuda::error_of(error, fmt::format("cuda:{}", plan.device())));
  }
}

void Slot::begin(int count, const ops::Thresholds& thresholds) {
  *at<ops::Thresholds>(memory_.parameters, layout_.thresholds) = thresholds;
  step_ = &*std::find_if(steps_.begin(), steps_.end(),
                         [&](const Step& step) { return step.batch >= count; });
  pictures_.begin(count);
  if (options_.measured) {
    const cuda::DeviceGuard guard{device_};
    marks_.record(Mark::kUpload, stream_.get());
  }
}

void Slot::put(const PixelView& picture) {
  pictures_.put(picture);
}

Result<void> Slot::put(const DeviceImage& picture) {
  return pictures_.put(picture);
}

std::uint64_t Slot::uploaded_bytes() const noexcept {
  return pictures_.uploaded_bytes();
}

void Slot::send_parameters() {
  cuda::check(cudaMemcpyAsync(memory_.device_parameters.get(), memory_.parameters.get(),
                              layout_.bytes, cudaMemcpyHostToDevice, stream_.get()));
}

void Slot::enqueue(const Slot* after) {
  const cuda::DeviceGuard guard{device_};
  pictures_.enqueue_transfers();
  // Directly after the pixels and not in the graph, where this copy would wait for all copies that
  // other slots have enqueued meanwhile.
  send_parameters();
  if (options_.measured) {
    marks_.record(Mark::kUploaded, stream_.get());
  }
  if (after != nullptr && after != this) {
    cuda::check(cudaStreamWaitEvent(stream_.get(), after->done_.get()));
  }
  if (options_.measured) {
    marks_.record(Mark::kResize, stream_.get());
  }
  pictures_.enqueue_resize();
  cuda::check(cudaGraphLaunch(step_->graph.get(), stream_.get()));
  cuda::check(cudaEventRecord(done_.get(), stream_.get()));
}

void Slot::wait() {
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaEventSynchronize(done_.get()));
}

CudaTimes::Sample Slot::times() const {
  const cuda::DeviceGuard guard{device_};
  return marks_.times();
}

void Slot::read(int index, PictureResult& result) const {
  const ops::DeviceDetections output = detections_in(memory_.output, step_->output);
  const auto number = static_cast<std::size_t>(output.numbers[index]);
  const std::size_t first =
      static_cast<std::size_t>(index) * static_cast<std::size_t>(options_.max_detections);
  result.detections.resize(number);
  for (std::size_t i = 0; i < number; ++i) {
    const float4& box = output.boxes[first + i];
    result.detections[i] = {
        {box.x, box.y, box.z, box.w}, output.classes[first + i], output.scores[first + i]};
  }
  result.detections_cut = static_cast<std::uint64_t>(output.kept[index]) - number;
  result.candidates_dropped =
      static_cast<std::uint64_t>(std::max(output.candidates[index] - ops::kMostCandidates, 0));
}

}  // namespace yolofleet::backend::tensorrt
