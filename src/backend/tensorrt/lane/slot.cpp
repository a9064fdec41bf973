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

template <typename T>
T* at(const cuda::PinnedBuffer& buffer, std::size_t offset) {
  return reinterpret_cast<T*>(buffer.as<std::byte>() + offset);
}

template <typename T>
T* at(const cuda::DeviceBuffer& buffer, std::size_t offset) {
  return reinterpret_cast<T*>(buffer.as<std::byte>() + offset);
}

std::size_t packed_bytes(const ImageView& picture) {
  return row_bytes(picture) * static_cast<std::size_t>(picture.height);
}

bool is_pinned(const void* memory) {
  cudaPointerAttributes attributes{};
  return cudaPointerGetAttributes(&attributes, memory) == cudaSuccess &&
         attributes.type == cudaMemoryTypeHost;
}

template <typename Buffer>
ops::DeviceDetections detections_in(const Buffer& buffer, const OutputLayout& layout) {
  return {at<int>(buffer, layout.numbers),    at<int>(buffer, layout.kept),
          at<int>(buffer, layout.candidates), at<float4>(buffer, layout.boxes),
          at<float>(buffer, layout.scores),   at<int>(buffer, layout.classes)};
}

/// The mapping from the network's input to the picture; ops::to_picture does the same on the CPU.
ops::PictureMapping mapping_of(const ImageView& picture, const ops::Area& area,
                               graph::Shape input) {
  const auto ratio = [](int a, int b) { return static_cast<float>(a) / static_cast<float>(b); };
  return {ratio(input.width, area.width),    ratio(input.height, area.height),
          ratio(area.x, input.width),        ratio(area.y, input.height),
          static_cast<float>(picture.width), static_cast<float>(picture.height)};
}

}  // namespace

Slot::Slot(int device, const SlotOptions& options, std::size_t activation_bytes)
    : device_(device),
      options_(options),
      layout_(options.max_batch),
      input_bytes_(input_bytes(options)),
      memory_(device, options, activation_bytes),
      stream_(cuda::make_stream(device)),
      done_(cuda::make_blocking_event(device)),
      marks_(device) {
  std::memset(memory_.parameters.get(), 0, memory_.parameters.bytes());
  *at<ops::Thresholds>(memory_.parameters, layout_.thresholds) = options_.thresholds;
  // A batch that is smaller than its step reads places that were never filled: make them defined.
  const cuda::DeviceGuard guard{device_};
  send_parameters();
  cuda::check(cudaMemsetAsync(memory_.input.get(), 0, memory_.input.bytes(), stream_.get()));
}

bool Slot::enqueue_step(Step& step, cudaStream_t stream, StageMarks* marks) {
  const auto mark = [marks](Mark which, cudaStream_t where) {
    if (marks != nullptr) {
      marks->capture(which, where);
    }
  };
  const ops::ResizeBatch resize{at<ops::DevicePicture>(memory_.device_parameters, layout_.pictures),
                                memory_.device_pixels.as<std::uint8_t>(), step.batch,
                                options_.input};
  mark(Mark::kResize, stream);
  if (options_.half) {
    ops::enqueue_resize(resize, memory_.input.as<__half>(), stream);
  } else {
    ops::enqueue_resize(resize, memory_.input.as<float>(), stream);
  }
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
                      plan.take_errors());
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
  count_ = count;
  next_ = 0;
  pixels_used_ = 0;
  step_ = &*std::find_if(steps_.begin(), steps_.end(),
                         [&](const Step& step) { return step.batch >= count; });
  auto* const pictures = at<ops::DevicePicture>(memory_.parameters, layout_.pictures);
  for (int i = count; i < step_->batch; ++i) {
    pictures[i].width = 0;
  }
  if (options_.measured) {
    const cuda::DeviceGuard guard{device_};
    marks_.record(Mark::kUpload, stream_.get());
  }
}

void Slot::put(const ImageView& picture) {
  const int index = next_++;
  const ops::Area area =
      ops::fitted_area(picture.width, picture.height, options_.input, options_.fit);
  auto& target = at<ops::DevicePicture>(memory_.parameters, layout_.pictures)[index];
  at<ops::PictureMapping>(memory_.parameters, layout_.mappings)[index] =
      mapping_of(picture, area, options_.input);
  const std::size_t reserved = static_cast<std::size_t>(count_ - next_) *
                               slot_aligned(input_bytes_);  // for the following pictures
  if (pixels_used_ + slot_aligned(packed_bytes(picture)) + reserved > memory_.pixels.bytes()) {
    target.width = 0;
    resize_on_cpu(picture, index);
    return;
  }
  target =
      ops::device_picture(picture, options_.input, options_.fit, pixels_used_, row_bytes(picture));
  upload(picture, target);
  pixels_used_ += slot_aligned(packed_bytes(picture));
}

void Slot::upload(const ImageView& picture, ops::DevicePicture& target) {
  const auto rows = static_cast<std::size_t>(picture.height);
  if (is_pinned(picture.data)) {
    const cuda::DeviceGuard guard{device_};
    if (picture.stride == target.stride) {
      cuda::check(cudaMemcpyAsync(at<void*>(memory_.device_pixels, target.offset), picture.data,
                                  packed_bytes(picture), cudaMemcpyHostToDevice, stream_.get()));
      return;
    }
    cuda::check(cudaMemcpy2DAsync(at<void*>(memory_.device_pixels, target.offset), target.stride,
                                  picture.data, picture.stride, target.stride, rows,
                                  cudaMemcpyHostToDevice, stream_.get()));
    return;
  }
  auto* const begin = at<std::uint8_t>(memory_.pixels, target.offset);
  for (std::size_t y = 0; y < rows; ++y) {
    std::memcpy(begin + y * target.stride, picture.data + y * picture.stride, target.stride);
  }
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaMemcpyAsync(at<void*>(memory_.device_pixels, target.offset), begin,
                              packed_bytes(picture), cudaMemcpyHostToDevice, stream_.get()));
}

void Slot::resize_on_cpu(const ImageView& picture, int index) {
  std::vector<float> values(static_cast<std::size_t>(options_.input.elements()));
  ops::resize(picture, options_.input, options_.fit, values);
  auto* const staged = at<void*>(memory_.pixels, pixels_used_);
  if (options_.half) {
    std::transform(values.begin(), values.end(), static_cast<__half*>(static_cast<void*>(staged)),
                   [](float value) { return __float2half_rn(value); });
  } else {
    std::memcpy(staged, values.data(), input_bytes_);
  }
  pixels_used_ += slot_aligned(input_bytes_);
  const cuda::DeviceGuard guard{device_};
  cuda::check(
      cudaMemcpyAsync(at<void*>(memory_.input, static_cast<std::size_t>(index) * input_bytes_),
                      staged, input_bytes_, cudaMemcpyHostToDevice, stream_.get()));
}

void Slot::send_parameters() {
  cuda::check(cudaMemcpyAsync(memory_.device_parameters.get(), memory_.parameters.get(),
                              layout_.bytes, cudaMemcpyHostToDevice, stream_.get()));
}

void Slot::enqueue(const Slot* after) {
  const cuda::DeviceGuard guard{device_};
  // Directly after the pixels and not in the graph, where this copy would wait for all copies that
  // other slots have enqueued meanwhile.
  send_parameters();
  if (options_.measured) {
    marks_.record(Mark::kUploaded, stream_.get());
  }
  if (after != nullptr && after != this) {
    cuda::check(cudaStreamWaitEvent(stream_.get(), after->done_.get()));
  }
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
