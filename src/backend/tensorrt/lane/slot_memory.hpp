#pragma once

#include <cstddef>

#include "cuda/memory.hpp"
#include "graph/shape.hpp"
#include "ops/nms_cuda.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::backend::tensorrt {

/// For a Slot, all members except `measured` must be set: their zeros are placeholders.
struct SlotOptions {
  graph::Shape input;           ///< the engine's input for one picture
  bool half = false;            ///< as EngineOptions::half
  int max_batch = 0;            ///< at most the engine's
  int max_detections = 0;       ///< EngineOptions::max_detections, the engine's
  std::size_t pixel_bytes = 0;  ///< for a batch's pixels, in pinned and in device memory each
  ops::Thresholds thresholds{};
  ops::Fit fit{};
  bool measured = true;  ///< the device measures the time of each stage
};

/// Sizes and offsets in a slot's memory are multiples of this.
inline constexpr std::size_t kSlotAlignment = 256;

constexpr std::size_t slot_aligned(std::size_t bytes) noexcept {
  return (bytes + kSlotAlignment - 1) / kSlotAlignment * kSlotAlignment;
}

/// Offsets, in bytes, in the block of parameters that is uploaded with each batch.
struct ParameterLayout {
  explicit ParameterLayout(int batch) noexcept;
  std::size_t pictures;    ///< batch x ops::DevicePicture
  std::size_t mappings;    ///< batch x ops::PictureMapping
  std::size_t thresholds;  ///< ops::Thresholds
  std::size_t bytes = 0;   ///< of the whole block
};

/// Offsets, in bytes, of the arrays of ops::DeviceDetections in the block that the engine fills and
/// in its copy on the host.
struct OutputLayout {
  OutputLayout(int batch, int max_detections) noexcept;
  std::size_t numbers;
  std::size_t kept;
  std::size_t candidates;
  std::size_t boxes;
  std::size_t scores;
  std::size_t classes;
  std::size_t bytes = 0;  ///< of the whole block
};

/// The values at an offset in a block of memory.
template <typename T, typename Buffer>
T* at(const Buffer& buffer, std::size_t offset) noexcept {
  return reinterpret_cast<T*>(buffer.template as<std::byte>() + offset);
}

/// Bytes of one picture as the network's input.
std::size_t input_bytes(const SlotOptions& options) noexcept;

/// All memory of a slot, allocated by the constructor.
struct SlotMemory {
  /// `activation_bytes`: Plan::activation_bytes. Throws cuda::CudaError.
  SlotMemory(int device, const SlotOptions& options, std::size_t activation_bytes);

  /// Bytes of device memory that the constructor allocates.
  static std::size_t device_bytes(const SlotOptions& options,
                                  std::size_t activation_bytes) noexcept;

  /// Bytes of page-locked host memory that the constructor allocates.
  static std::size_t host_bytes(const SlotOptions& options) noexcept;

  cuda::PinnedBuffer parameters;         ///< ParameterLayout
  cuda::DeviceBuffer device_parameters;  ///< their copy on the device
  cuda::PinnedBuffer pixels;             ///< the batch's, picture after picture
  cuda::DeviceBuffer device_pixels;      ///< their copy on the device
  cuda::DeviceBuffer input;              ///< the network's
  cuda::DeviceBuffer activations;    ///< shared by the slot's contexts, of which one runs at a time
  cuda::DeviceBuffer device_output;  ///< OutputLayout for the size of the running step
  cuda::PinnedBuffer output;         ///< its copy on the host, of the detections that there are
};

}  // namespace yolofleet::backend::tensorrt
