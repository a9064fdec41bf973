#include "backend/tensorrt/lane/slot_memory.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::backend::tensorrt {
namespace {

/// Appends `bytes` to a block of `end` bytes; returns their offset.
std::size_t append(std::size_t& end, std::size_t bytes) noexcept {
  return std::exchange(end, end + slot_aligned(bytes));
}

/// Bytes of each block.
struct Sizes {
  Sizes(const SlotOptions& options, std::size_t activation_bytes) noexcept
      : parameters(ParameterLayout{options.max_batch}.bytes),
        input(static_cast<std::size_t>(options.max_batch) * input_bytes(options)),
        // At least enough to hold each picture after the CPU has resized it.
        pixels(
            slot_aligned(std::max(options.pixel_bytes, static_cast<std::size_t>(options.max_batch) *
                                                           slot_aligned(input_bytes(options))))),
        activations(std::max(activation_bytes, kSlotAlignment)),
        output(OutputLayout{options.max_batch, options.max_detections}.bytes) {}

  std::size_t parameters;
  std::size_t input;
  std::size_t pixels;
  std::size_t activations;
  std::size_t output;
};

}  // namespace

ParameterLayout::ParameterLayout(int batch) noexcept {
  const auto number = static_cast<std::size_t>(batch);
  pictures = append(bytes, number * sizeof(ops::DevicePicture));
  mappings = append(bytes, number * sizeof(ops::PictureMapping));
  thresholds = append(bytes, sizeof(ops::Thresholds));
}

OutputLayout::OutputLayout(int batch, int max_detections) noexcept {
  const auto pictures = static_cast<std::size_t>(batch);
  const std::size_t all = pictures * static_cast<std::size_t>(max_detections);
  numbers = append(bytes, pictures * sizeof(int));
  kept = append(bytes, pictures * sizeof(int));
  candidates = append(bytes, pictures * sizeof(int));
  boxes = append(bytes, all * sizeof(float4));
  scores = append(bytes, all * sizeof(float));
  classes = append(bytes, all * sizeof(int));
}

std::size_t input_bytes(const SlotOptions& options) noexcept {
  return static_cast<std::size_t>(options.input.elements()) * (options.half ? 2 : 4);
}

SlotMemory::SlotMemory(int device, const SlotOptions& options, std::size_t activation_bytes) {
  const Sizes sizes{options, activation_bytes};
  parameters = cuda::PinnedBuffer(device, sizes.parameters);
  device_parameters = cuda::DeviceBuffer(device, sizes.parameters);
  pixels = cuda::PinnedBuffer(device, sizes.pixels);
  device_pixels = cuda::DeviceBuffer(device, sizes.pixels);
  input = cuda::DeviceBuffer(device, sizes.input);
  activations = cuda::DeviceBuffer(device, sizes.activations);
  device_output = cuda::DeviceBuffer(device, sizes.output);
  output = cuda::PinnedBuffer(device, sizes.output);
}

std::size_t SlotMemory::device_bytes(const SlotOptions& options,
                                     std::size_t activation_bytes) noexcept {
  const Sizes sizes{options, activation_bytes};
  return sizes.parameters + sizes.pixels + sizes.input + sizes.activations + sizes.output;
}

std::size_t SlotMemory::host_bytes(const SlotOptions& options) noexcept {
  const Sizes sizes{options, 0};
  return sizes.parameters + sizes.pixels + sizes.output;
}

}  // namespace yolofleet::backend::tensorrt
