#include "backend/tensorrt/lane/slot_pictures.hpp"

#include <cuda_fp16.h>

#include <algorithm>
#include <cstring>

#include "backend/pixels.hpp"
#include "base/fail.hpp"
#include "ops/resize.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

bool is_pinned(const image::PlaneList& planes) {
  return std::all_of(planes.begin(), planes.end(), [](const image::PlaneRows& plane) {
    return cuda::attributes_of(plane.data).type == cudaMemoryTypeHost;
  });
}

/// The mapping from the network's input to the picture; ops::to_picture does the same on the CPU.
ops::PictureMapping mapping_of(const ShownSize& picture, const ops::Area& area,
                               graph::Shape input) {
  const auto ratio = [](int a, int b) { return static_cast<float>(a) / static_cast<float>(b); };
  return {ratio(input.width, area.width),    ratio(input.height, area.height),
          ratio(area.x, input.width),        ratio(area.y, input.height),
          static_cast<float>(picture.width), static_cast<float>(picture.height)};
}

/// Enqueues the copy of a plane to `to`, without gaps, in the memory of `device`.
void copy_plane(const image::PlaneRows& plane, int from_device, std::uint8_t* to, int device,
                cudaStream_t stream) {
  if (plane.rows == 1) {
    cuda::check(cudaMemcpyPeerAsync(to, device, plane.data, from_device, plane.row_bytes, stream));
    return;
  }
  cudaMemcpy3DPeerParms copy{};
  copy.srcPtr = cudaPitchedPtr{const_cast<std::uint8_t*>(plane.data), plane.stride, plane.row_bytes,
                               plane.rows};
  copy.srcDevice = from_device;
  copy.dstPtr = cudaPitchedPtr{to, plane.row_bytes, plane.row_bytes, plane.rows};
  copy.dstDevice = device;
  copy.extent = {plane.row_bytes, plane.rows, 1};
  cuda::check(cudaMemcpy3DPeerAsync(&copy, stream));
}

}  // namespace

SlotPictures::SlotPictures(const SlotOptions& options, const SlotMemory& memory,
                           const cuda::Stream& stream)
    : options_(options),
      memory_(memory),
      stream_(stream),
      layout_(options.max_batch),
      input_bytes_(input_bytes(options)) {
  const auto most = static_cast<std::size_t>(options.max_batch);
  events_.reserve(2 * most);
  transfers_.reserve(most);
}

void SlotPictures::load_kernels() {
  begin(options_.max_batch);
  kinds_ = ops::PictureKinds::all();
  enqueue_resize();
}

void SlotPictures::begin(int count) {
  count_ = count;
  next_ = 0;
  pixels_used_ = 0;
  last_pass_ = 0;
  pass_used_ = 0;
  kinds_ = {};
  events_.clear();
  transfers_.clear();
  uploaded_bytes_ = 0;
}

ops::DevicePicture& SlotPictures::parameters_of(int index) const {
  return at<ops::DevicePicture>(memory_.parameters, layout_.pictures)[index];
}

int SlotPictures::add(const PixelView& picture) {
  const int index = next_++;
  const ShownSize size = shown_size(picture);
  parameters_of(index) = {};
  at<ops::PictureMapping>(memory_.parameters, layout_.mappings)[index] =
      mapping_of(size, ops::fitted_area(size.width, size.height, options_.input, options_.fit),
                 options_.input);
  return index;
}

void SlotPictures::describe(int index, const PixelView& on_device, int pass) {
  ops::DevicePicture& parameters = parameters_of(index);
  parameters = ops::device_picture(on_device, options_.input, options_.fit);
  parameters.pass = pass;
  kinds_.add(parameters.kind);
}

bool SlotPictures::has_room(std::size_t bytes) const {
  const std::size_t reserved =
      static_cast<std::size_t>(count_ - next_) * slot_aligned(input_bytes_);
  return pixels_used_ + slot_aligned(bytes) + reserved <= memory_.pixels.bytes();
}

void SlotPictures::put(const PixelView& picture) {
  const int index = add(picture);
  const std::size_t bytes = image::packed_bytes(picture);
  if (!has_room(bytes)) {
    resize_on_cpu(picture, index);
    return;
  }
  upload(picture, pixels_used_);
  describe(index, image::packed_at(picture, at<std::uint8_t>(memory_.device_pixels, pixels_used_)),
           0);
  pixels_used_ += slot_aligned(bytes);
}

void SlotPictures::upload(const PixelView& picture, std::size_t offset) {
  const std::size_t bytes = image::packed_bytes(picture);
  auto* to = at<std::uint8_t>(memory_.device_pixels, offset);
  uploaded_bytes_ += bytes;
  const image::PlaneList planes = image::joined(image::planes_of(picture));
  if (!is_pinned(planes)) {
    auto* const staged = at<std::uint8_t>(memory_.pixels, offset);
    image::copy_packed(picture, staged);
    const cuda::DeviceGuard guard{stream_.device()};
    cuda::check(cudaMemcpyAsync(to, staged, bytes, cudaMemcpyHostToDevice, stream_.get()));
    return;
  }
  const cuda::DeviceGuard guard{stream_.device()};
  for (const image::PlaneRows& plane : planes) {
    if (plane.rows == 1) {
      cuda::check(
          cudaMemcpyAsync(to, plane.data, plane.row_bytes, cudaMemcpyHostToDevice, stream_.get()));
    } else {
      cuda::check(cudaMemcpy2DAsync(to, plane.row_bytes, plane.data, plane.stride, plane.row_bytes,
                                    plane.rows, cudaMemcpyHostToDevice, stream_.get()));
    }
    to += plane.bytes();
  }
}

void SlotPictures::resize_on_cpu(const PixelView& picture, int index) {
  std::vector<float> values(static_cast<std::size_t>(options_.input.elements()));
  std::visit([&](const auto& view) { ops::resize(view, options_.input, options_.fit, values); },
             picture);
  auto* const staged = at<void*>(memory_.pixels, pixels_used_);
  if (options_.half) {
    std::transform(values.begin(), values.end(), static_cast<__half*>(static_cast<void*>(staged)),
                   [](float value) { return __float2half_rn(value); });
  } else {
    std::memcpy(staged, values.data(), input_bytes_);
  }
  pixels_used_ += slot_aligned(input_bytes_);
  uploaded_bytes_ += input_bytes_;
  const cuda::DeviceGuard guard{stream_.device()};
  cuda::check(
      cudaMemcpyAsync(at<void*>(memory_.input, static_cast<std::size_t>(index) * input_bytes_),
                      staged, input_bytes_, cudaMemcpyHostToDevice, stream_.get()));
}

Result<void> SlotPictures::put(const DeviceImage& picture) {
  const int index = add(picture.pixels);
  wait_for(picture.event);
  wait_for(picture.submitted.get());
  const int device = cuda::attributes_of(image::planes_of(picture.pixels).begin()->data).device;
  if (device == stream_.device()) {
    describe(index, picture.pixels, 0);
    return {};
  }
  return copy_from(device, picture, index);
}

void SlotPictures::wait_for(void* event) {
  if (event != nullptr) {
    events_.push_back(static_cast<cudaEvent_t>(event));
  }
}

Result<void> SlotPictures::copy_from(int device, const DeviceImage& picture, int index) {
  const std::size_t bytes = image::packed_bytes(picture.pixels);
  const std::size_t all = memory_.device_pixels.bytes();
  if (slot_aligned(bytes) > all) {
    return base::fail(
        ErrorCode::kTooLarge,
        "a picture of {} bytes in the memory of {} is too large for cuda:{}, which has "
        "room for {} bytes of another GPU's pictures",
        bytes, picture.device, stream_.device(), all);
  }
  std::size_t offset = pixels_used_;
  int pass = 0;
  if (has_room(bytes)) {
    pixels_used_ += slot_aligned(bytes);
  } else {
    if (last_pass_ == 0 || pass_used_ + slot_aligned(bytes) > all) {
      ++last_pass_;
      pass_used_ = 0;
    }
    pass = last_pass_;
    offset = pass_used_;
    pass_used_ += slot_aligned(bytes);
  }
  auto* const to = at<std::uint8_t>(memory_.device_pixels, offset);
  transfers_.push_back({pass, device, image::joined(image::planes_of(picture.pixels)), to});
  describe(index, image::packed_at(picture.pixels, to), pass);
  return {};
}

void SlotPictures::enqueue_copies(int pass) const {
  for (const Transfer& transfer : transfers_) {
    if (transfer.pass == pass) {
      std::uint8_t* to = transfer.to;
      for (const image::PlaneRows& plane : transfer.planes) {
        copy_plane(plane, transfer.from_device, to, stream_.device(), stream_.get());
        to += plane.bytes();
      }
    }
  }
}

void SlotPictures::enqueue_transfers() {
  for (cudaEvent_t event : events_) {
    cuda::check(cudaStreamWaitEvent(stream_.get(), event));
  }
  enqueue_copies(0);
}

void SlotPictures::enqueue_resize() {
  ops::ResizeBatch batch{at<ops::DevicePicture>(memory_.device_parameters, layout_.pictures),
                         count_, options_.input, kinds_};
  for (; batch.pass <= last_pass_; ++batch.pass) {
    if (batch.pass > 0) {
      enqueue_copies(batch.pass);
    }
    if (options_.half) {
      ops::enqueue_resize(batch, memory_.input.as<__half>(), stream_.get());
    } else {
      ops::enqueue_resize(batch, memory_.input.as<float>(), stream_.get());
    }
  }
}

}  // namespace yolofleet::backend::tensorrt
