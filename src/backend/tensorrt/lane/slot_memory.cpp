#include "backend/tensorrt/lane/slot_memory.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::backend::tensorrt {
namespace {

/// Takes `bytes` at the end of a block that has `end` so far; gives where they begin.
std::size_t take(std::size_t& end, std::size_t bytes) noexcept {
  return std::exchange(end, end + slot_aligned(bytes));
}

/// Bytes of the blocks.
struct Sizes {
  Sizes(const SlotOptions& options, std::size_t activation_bytes) noexcept
      : parameters(ParameterLayout{options.max_batch}.bytes),
        input(static_cast<std::size_t>(options.max_batch) * input_bytes(options)),
        // Each picture fits in at least as what the CPU makes of it.
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
  pictures = take(bytes, number * sizeof(ops::DevicePicture));
  mappings = take(bytes, number * sizeof(ops::PictureMapping));
  thresholds = take(bytes, sizeof(ops::Thresholds));
}

OutputLayout::OutputLayout(int batch, int max_detections) noexcept {
  const auto pictures = static_cast<std::size_t>(batch);
  const std::size_t all = pictures * static_cast<std::size_t>(max_detections);
  numbers = take(bytes, pictures * sizeof(int));
  candidates = take(bytes, pictures * sizeof(int));
  boxes = take(bytes, all * sizeof(float4));
  scores = take(bytes, all * sizeof(float));
  classes = take(bytes, all * sizeof(int));
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
