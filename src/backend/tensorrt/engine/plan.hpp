#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <span>
#include <string>

#include "backend/tensorrt/library.hpp"
#include "backend/tensorrt/network/tensor_names.hpp"
#include "cuda/device_guard.hpp"
#include "cuda/memory.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Deletes an object of TensorRT with its device current. Doesn't delete it if the device can't be
/// made current.
struct DeleteOnDevice {
  int device = 0;
  template <typename T>
  void operator()(T* object) const noexcept {
    cuda::clean_up_with_device(device, [object] { delete object; });
  }
};

template <typename T>
using OfDevice = std::unique_ptr<T, DeleteOnDevice>;

/// One device's runtime and engine. Its functions make that device current and restore the caller's
/// current device.
class Plan {
 public:
  /// Loads an engine that was built for a device of this kind. Errors, with TensorRT's reason:
  /// kTooLarge (no memory on the device), kDevice.
  static Result<std::unique_ptr<Plan>> load(const Library& library, int device,
                                            std::span<const std::byte> engine);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan() = default;

  int device() const noexcept { return device_; }
  nvinfer1::ICudaEngine& engine() const noexcept { return *engine_; }
  /// Bytes of device memory for the activations of each context.
  std::size_t activation_bytes() const noexcept;
  /// Bytes of a tensor for a batch, from the type and shape in the engine; 0 for a name that the
  /// engine doesn't have.
  std::size_t tensor_bytes(const char* name, int batch) const;

 private:
  explicit Plan(int device)
      : device_(device),
        runtime_(nullptr, DeleteOnDevice{device}),
        engine_(nullptr, DeleteOnDevice{device}) {}

  int device_;
  OfDevice<nvinfer1::IRuntime> runtime_;
  OfDevice<nvinfer1::ICudaEngine> engine_;  // last: destroyed before its runtime
};

/// The least device memory for activations, in bytes: some engines say that they need none.
inline constexpr std::size_t kLeastActivations = 256;

/// An execution context of a plan for one batch size, with fixed addresses of its tensors.
class Context {
 public:
  /// `activations`: at least plan.activation_bytes() on the plan's device; contexts that never run
  /// at the same time may share them. They and `plan` must outlive the context.
  /// Errors: kTooLarge, kDevice.
  static Result<Context> make(Plan& plan, int batch, const cuda::DeviceBuffer& activations,
                              cudaStream_t stream);

  /// Sets a tensor's address in device memory; to be called for every tensor before `enqueue`.
  /// Returns false for a name that the engine doesn't have.
  bool set_address(const char* name, void* memory);
  /// Enqueues one run on `stream`; returns before it is done. Returns false if TensorRT refuses.
  bool enqueue(cudaStream_t stream);

  Context(Context&&) noexcept = default;
  Context& operator=(Context&&) = delete;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() = default;

 private:
  Context(int device, nvinfer1::IExecutionContext* context)
      : device_(device), context_(context, DeleteOnDevice{device}) {}

  int device_;
  OfDevice<nvinfer1::IExecutionContext> context_;
};

}  // namespace yolofleet::backend::tensorrt
