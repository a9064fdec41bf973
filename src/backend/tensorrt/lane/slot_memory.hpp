#pragma once

#include <cstddef>

#include "cuda/memory.hpp"
#include "graph/shape.hpp"
#include "ops/nms_cuda.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::backend::tensorrt {

struct SlotOptions {
  graph::Shape input;  ///< of one picture
  bool half = true;    ///< the input tensor's type
  int max_batch = 1;
  int max_detections = 300;
  std::size_t pixel_bytes = 0;  ///< pinned and device memory for a batch's pixels
  ops::Thresholds thresholds{};
  ops::Fit fit = ops::Fit::kStretch;
  bool measured = true;  ///< its stages are
};

/// Sizes and places in a slot's memory are multiples of this.
inline constexpr std::size_t kSlotAlignment = 256;

constexpr std::size_t slot_aligned(std::size_t bytes) noexcept {
  return (bytes + kSlotAlignment - 1) / kSlotAlignment * kSlotAlignment;
}

/// Where the parts of what goes up with each batch begin.
struct ParameterLayout {
  explicit ParameterLayout(int batch) noexcept;
  std::size_t pictures;    ///< batch x ops::DevicePicture
  std::size_t mappings;    ///< batch x ops::PictureMapping
  std::size_t thresholds;  ///< ops::Thresholds
  std::size_t bytes = 0;
};

/// Where the parts of what comes down begin: ops::DeviceDetections.
struct OutputLayout {
  OutputLayout(int batch, int max_detections) noexcept;
  std::size_t numbers;
  std::size_t candidates;
  std::size_t boxes;
  std::size_t scores;
  std::size_t classes;
  std::size_t bytes = 0;
};

/// Bytes of one picture as the network's input.
std::size_t input_bytes(const SlotOptions& options) noexcept;

/// All memory of a slot, allocated at once.
struct SlotMemory {
  /// Throws cuda::CudaError. `activation_bytes`: the plan's.
  SlotMemory(int device, const SlotOptions& options, std::size_t activation_bytes);

  /// Device memory that the constructor takes.
  static std::size_t device_bytes(const SlotOptions& options,
                                  std::size_t activation_bytes) noexcept;

  /// Page-locked memory of the host that it takes.
  static std::size_t host_bytes(const SlotOptions& options) noexcept;

  cuda::PinnedBuffer parameters;         ///< ParameterLayout
  cuda::DeviceBuffer device_parameters;  ///< the same
  cuda::PinnedBuffer pixels;             ///< of all pictures, one after the other
  cuda::DeviceBuffer device_pixels;      ///< the same
  cuda::DeviceBuffer input;              ///< of the network
  cuda::DeviceBuffer activations;        ///< of whichever context runs
  cuda::DeviceBuffer device_output;      ///< OutputLayout of the batch size that runs
  cuda::PinnedBuffer output;             ///< the same
};

}  // namespace yolofleet::backend::tensorrt
