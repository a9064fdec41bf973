#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "backend/tensorrt/lane/slot_memory.hpp"
#include "cuda/handles.hpp"
#include "image/plane_rows.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet::backend::tensorrt {

/// Brings the pictures of a batch into a slot's memory, and resizes them to the network's input.
/// Call `begin`, `put` for each picture, `enqueue_transfers`, and, once the parameters are on their
/// way, `enqueue_resize`. For one thread. No call waits for a device.
class SlotPictures {
 public:
  /// Keeps using all three, which must outlive it.
  SlotPictures(const SlotOptions& options, const SlotMemory& memory, const cuda::Stream& stream);

  /// Runs each kernel once, without a picture, because the driver loads a kernel when it is first
  /// run. The stream's device must be current. Throws cuda::CudaError.
  void load_kernels();

  /// Starts a batch of `count` pictures.
  void begin(int count);

  /// Adds the next picture. The device reads page-locked pixels directly, so these must stay
  /// unchanged until the batch is done; other pixels are copied before this returns. If the pixels
  /// don't fit into SlotOptions::pixel_bytes, the CPU resizes the picture here. Throws
  /// cuda::CudaError.
  void put(const PixelView& picture);

  /// Adds the next picture, which lies in the memory of a GPU and passed `receive`. Of this device,
  /// the kernel reads it where it lies; of another, it is copied to this one. Errors: kTooLarge (a
  /// picture of another device with more than the slot's pixel memory).
  Result<void> put(const DeviceImage& picture);

  /// Enqueues the waits for the device images and their copies. The stream's device must be
  /// current. Throws cuda::CudaError.
  void enqueue_transfers();

  /// Enqueues the kernels. The stream's device must be current. Throws cuda::CudaError.
  void enqueue_resize();

  /// The bytes that the host sent for the batch's pictures.
  std::uint64_t uploaded_bytes() const noexcept { return uploaded_bytes_; }

 private:
  /// A picture to be copied from another device.
  struct Transfer {
    int pass;
    int from_device;
    image::PlaneList planes;
    std::uint8_t* to;
  };

  /// Sets the mapping of the next picture; returns its index.
  int add(const PixelView& picture);
  ops::DevicePicture& parameters_of(int index) const;
  /// Describes a picture to the kernels. `on_device` has pointers to device memory.
  void describe(int index, const PixelView& on_device, int pass);
  /// Whether there is room for the bytes in the first pass, and for the pictures that follow.
  bool has_room(std::size_t bytes) const;
  void upload(const PixelView& picture, std::size_t offset);
  void resize_on_cpu(const PixelView& picture, int index);
  void wait_for(void* event);
  Result<void> copy_from(int device, const DeviceImage& picture, int index);
  void enqueue_copies(int pass) const;

  const SlotOptions& options_;
  const SlotMemory& memory_;
  const cuda::Stream& stream_;
  const ParameterLayout layout_;
  const std::size_t input_bytes_;  ///< of one picture as the network's input

  int count_ = 0;                ///< pictures of the batch
  int next_ = 0;                 ///< index of the next picture
  std::size_t pixels_used_ = 0;  ///< bytes used in memory_.pixels and memory_.device_pixels
  // Pictures from other devices that don't fit with the others are copied to the same memory once
  // the others are resized: in a later pass.
  int last_pass_ = 0;
  std::size_t pass_used_ = 0;  ///< bytes used by the last pass, if it isn't the first
  ops::PictureKinds kinds_;
  std::vector<cudaEvent_t> events_;
  std::vector<Transfer> transfers_;
  std::uint64_t uploaded_bytes_ = 0;
};

}  // namespace yolofleet::backend::tensorrt
