#include "backend/tensorrt/slot.hpp"

#include <cuda_fp16.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "backend/tensorrt/network_builder.hpp"
#include "base/fail.hpp"
#include "ops/resize.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kAlignment = 256;

std::size_t aligned(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Takes `bytes` at the end of a block that has `end` so far; gives where they begin.
std::size_t take(std::size_t& end, std::size_t bytes) {
  return std::exchange(end, end + aligned(bytes));
}

template <typename T>
T* at(const cuda::PinnedBuffer& buffer, std::size_t offset) {
  return reinterpret_cast<T*>(buffer.as<std::byte>() + offset);
}

template <typename T>
T* at(const cuda::DeviceBuffer& buffer, std::size_t offset) {
  return reinterpret_cast<T*>(buffer.as<std::byte>() + offset);
}

std::size_t row_bytes(const ImageView& picture) {
  return static_cast<std::size_t>(picture.width) *
         static_cast<std::size_t>(channels(picture.format));
}

std::size_t packed_bytes(const ImageView& picture) {
  return row_bytes(picture) * static_cast<std::size_t>(picture.height);
}

bool is_pinned(const void* memory) {
  cudaPointerAttributes attributes{};
  return cudaPointerGetAttributes(&attributes, memory) == cudaSuccess &&
         attributes.type == cudaMemoryTypeHost;
}

/// From the network's input to the picture: what ops::to_picture does on the CPU.
ops::PictureMapping mapping_of(const ImageView& picture, const ops::Area& area,
                               graph::Shape input) {
  const auto ratio = [](int a, int b) { return static_cast<float>(a) / static_cast<float>(b); };
  return {ratio(input.width, area.width),    ratio(input.height, area.height),
          ratio(area.x, input.width),        ratio(area.y, input.height),
          static_cast<float>(picture.width), static_cast<float>(picture.height)};
}

}  // namespace

Slot::Slot(int device, const SlotOptions& options) : device_(device), options_(options) {
  const auto batch = static_cast<std::size_t>(options.max_batch);
  layout_.pictures = take(layout_.bytes, batch * sizeof(ops::DevicePicture));
  layout_.mappings = take(layout_.bytes, batch * sizeof(ops::PictureMapping));
  layout_.thresholds = take(layout_.bytes, sizeof(ops::Thresholds));
  input_bytes_ = static_cast<std::size_t>(options.input.elements()) * (options.half ? 2 : 4);
}

Slot::OutputLayout Slot::output_layout(int batch, int max_detections) {
  const auto pictures = static_cast<std::size_t>(batch);
  const std::size_t all = pictures * static_cast<std::size_t>(max_detections);
  OutputLayout layout;
  layout.numbers = take(layout.bytes, pictures * sizeof(int));
  layout.candidates = take(layout.bytes, pictures * sizeof(int));
  layout.boxes = take(layout.bytes, all * sizeof(float4));
  layout.scores = take(layout.bytes, all * sizeof(float));
  layout.classes = take(layout.bytes, all * sizeof(int));
  return layout;
}

void Slot::allocate(std::size_t activation_bytes) {
  const auto batch = static_cast<std::size_t>(options_.max_batch);
  // Each picture fits in at least as what the CPU makes of it.
  const std::size_t pixel_bytes = std::max(options_.pixel_bytes, batch * aligned(input_bytes_));
  const OutputLayout output = output_layout(options_.max_batch, options_.max_detections);
  stream_ = cuda::make_stream(device_);
  done_ = cuda::make_blocking_event(device_);
  parameters_ = cuda::PinnedBuffer(device_, layout_.bytes);
  device_parameters_ = cuda::DeviceBuffer(device_, layout_.bytes);
  pixels_ = cuda::PinnedBuffer(device_, pixel_bytes);
  device_pixels_ = cuda::DeviceBuffer(device_, pixel_bytes);
  input_ = cuda::DeviceBuffer(device_, batch * input_bytes_);
  activations_ = cuda::DeviceBuffer(device_, std::max(activation_bytes, kAlignment));
  device_output_ = cuda::DeviceBuffer(device_, output.bytes);
  output_ = cuda::PinnedBuffer(device_, output.bytes);
  std::memset(parameters_.get(), 0, parameters_.bytes());
  *at<ops::Thresholds>(parameters_, layout_.thresholds) = options_.thresholds;
  // What a padded batch runs over before its places were ever filled.
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaMemsetAsync(input_.get(), 0, input_.bytes(), stream_.get()));
}

bool Slot::enqueue_step(Step& step, cudaStream_t stream) {
  cuda::check(cudaMemcpyAsync(device_parameters_.get(), parameters_.get(), layout_.bytes,
                              cudaMemcpyHostToDevice, stream));
  const ops::ResizeBatch resize{at<ops::DevicePicture>(device_parameters_, layout_.pictures),
                                device_pixels_.as<std::uint8_t>(), step.batch, options_.input};
  if (options_.half) {
    ops::enqueue_resize(resize, input_.as<__half>(), stream);
  } else {
    ops::enqueue_resize(resize, input_.as<float>(), stream);
  }
  if (!step.context.enqueue(stream)) {
    return false;
  }
  cuda::check(cudaMemcpyAsync(output_.get(), device_output_.get(), step.output.bytes,
                              cudaMemcpyDeviceToHost, stream));
  return true;
}

Result<void> Slot::add_step(Plan& plan, int batch) {
  auto context = Context::make(plan, batch, activations_, stream_.get());
  if (!context) {
    return tl::unexpected(std::move(context).error());
  }
  Step step{batch, output_layout(batch, options_.max_detections), *std::move(context), {}};
  const auto refused = [&] {
    return base::fail(ErrorCode::kDevice, "TensorRT can't run batches of {}: {}", batch,
                      plan.take_errors());
  };
  using Tensor = std::pair<const char*, void*>;
  const std::array<Tensor, 8> tensors{
      {{kInput, input_.get()},
       {kThresholds, at<void*>(device_parameters_, layout_.thresholds)},
       {kMappings, at<void*>(device_parameters_, layout_.mappings)},
       {kNumbers, at<void*>(device_output_, step.output.numbers)},
       {kCandidateNumbers, at<void*>(device_output_, step.output.candidates)},
       {kBoxes, at<void*>(device_output_, step.output.boxes)},
       {kScores, at<void*>(device_output_, step.output.scores)},
       {kClasses, at<void*>(device_output_, step.output.classes)}}};
  for (const auto& [name, memory] : tensors) {
    if (!step.context.set_address(name, memory)) {
      return refused();
    }
  }
  // TensorRT settles what it left open in a run of its own; only then may a graph be captured.
  const cuda::DeviceGuard guard{device_};
  if (!enqueue_step(step, stream_.get())) {
    return refused();
  }
  cuda::check(cudaStreamSynchronize(stream_.get()));
  bool enqueued = false;
  step.graph =
      cuda::capture(stream_, [&](cudaStream_t stream) { enqueued = enqueue_step(step, stream); });
  if (!enqueued) {
    return refused();
  }
  cuda::check(cudaGraphUpload(step.graph.get(), stream_.get()));
  steps_.push_back(std::move(step));
  return {};
}

Result<std::unique_ptr<Slot>> Slot::make(Plan& plan, const SlotOptions& options) {
  std::unique_ptr<Slot> slot{new Slot{plan.device(), options}};
  try {
    slot->allocate(plan.activation_bytes());
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
  } catch (const cuda::CudaError& error) {
    const bool memory = error.code() == cudaErrorMemoryAllocation;
    return base::fail(memory ? ErrorCode::kTooLarge : ErrorCode::kDevice, "cuda:{}: {}",
                      plan.device(), error.what());
  }
  return slot;
}

void Slot::begin(int count) {
  count_ = count;
  next_ = 0;
  pixels_used_ = 0;
  step_ = &*std::find_if(steps_.begin(), steps_.end(),
                         [&](const Step& step) { return step.batch >= count; });
  auto* const pictures = at<ops::DevicePicture>(parameters_, layout_.pictures);
  for (int i = count; i < step_->batch; ++i) {
    pictures[i].width = 0;
  }
}

void Slot::put(const ImageView& picture) {
  const int index = next_++;
  const ops::Area area =
      ops::fitted_area(picture.width, picture.height, options_.input, options_.fit);
  auto& target = at<ops::DevicePicture>(parameters_, layout_.pictures)[index];
  at<ops::PictureMapping>(parameters_, layout_.mappings)[index] =
      mapping_of(picture, area, options_.input);
  const std::size_t reserved =
      static_cast<std::size_t>(count_ - next_) * aligned(input_bytes_);  // for those to come
  if (pixels_used_ + aligned(packed_bytes(picture)) + reserved > pixels_.bytes()) {
    target.width = 0;
    resize_on_cpu(picture, index);
    return;
  }
  target =
      ops::device_picture(picture, options_.input, options_.fit, pixels_used_, row_bytes(picture));
  stage(picture, target);
  pixels_used_ += aligned(packed_bytes(picture));
}

void Slot::stage(const ImageView& picture, ops::DevicePicture& target) {
  const auto rows = static_cast<std::size_t>(picture.height);
  if (is_pinned(picture.data)) {
    const cuda::DeviceGuard guard{device_};
    cuda::check(cudaMemcpy2DAsync(at<void*>(device_pixels_, target.offset), target.stride,
                                  picture.data, picture.stride, target.stride, rows,
                                  cudaMemcpyHostToDevice, stream_.get()));
    return;
  }
  auto* const begin = at<std::uint8_t>(pixels_, target.offset);
  for (std::size_t y = 0; y < rows; ++y) {
    std::memcpy(begin + y * target.stride, picture.data + y * picture.stride, target.stride);
  }
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaMemcpyAsync(at<void*>(device_pixels_, target.offset), begin,
                              packed_bytes(picture), cudaMemcpyHostToDevice, stream_.get()));
}

void Slot::resize_on_cpu(const ImageView& picture, int index) {
  std::vector<float> values(static_cast<std::size_t>(options_.input.elements()));
  ops::resize(picture, options_.input, options_.fit, values);
  auto* const staged = at<void*>(pixels_, pixels_used_);
  if (options_.half) {
    std::transform(values.begin(), values.end(), static_cast<__half*>(static_cast<void*>(staged)),
                   [](float value) { return __float2half_rn(value); });
  } else {
    std::memcpy(staged, values.data(), input_bytes_);
  }
  pixels_used_ += aligned(input_bytes_);
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaMemcpyAsync(at<void*>(input_, static_cast<std::size_t>(index) * input_bytes_),
                              staged, input_bytes_, cudaMemcpyHostToDevice, stream_.get()));
}

void Slot::enqueue() {
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaGraphLaunch(step_->graph.get(), stream_.get()));
  cuda::check(cudaEventRecord(done_.get(), stream_.get()));
}

void Slot::wait() {
  const cuda::DeviceGuard guard{device_};
  cuda::check(cudaEventSynchronize(done_.get()));
}

std::vector<Detection> Slot::detections(int index) const {
  const OutputLayout& layout = step_->output;
  const auto number = static_cast<std::size_t>(at<const int>(output_, layout.numbers)[index]);
  const std::size_t first =
      static_cast<std::size_t>(index) * static_cast<std::size_t>(options_.max_detections);
  const auto* const boxes = at<const float4>(output_, layout.boxes) + first;
  const auto* const scores = at<const float>(output_, layout.scores) + first;
  const auto* const classes = at<const int>(output_, layout.classes) + first;
  std::vector<Detection> found(number);
  for (std::size_t i = 0; i < number; ++i) {
    found[i] = {{boxes[i].x, boxes[i].y, boxes[i].z, boxes[i].w}, classes[i], scores[i]};
  }
  return found;
}

}  // namespace yolofleet::backend::tensorrt
