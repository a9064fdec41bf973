#include "backend/tensorrt/engine/plan.hpp"

#include <utility>

#include "backend/tensorrt/logger.hpp"
#include "base/fail.hpp"
#include "cuda/device_guard.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

std::size_t bytes_of(nvinfer1::DataType type) {
  return type == nvinfer1::DataType::kHALF ? 2 : 4;  // our engines have FP16, FP32 and INT32
}

}  // namespace

Result<std::unique_ptr<Plan>> Plan::load(const Library& library, int device,
                                         std::span<const std::byte> engine) {
  const cuda::DeviceGuard guard{device};
  static_cast<void>(take_errors());  // of earlier calls
  std::unique_ptr<Plan> plan{new Plan{device}};
  plan->runtime_.reset(library.make_runtime().release());
  if (plan->runtime_) {
    plan->engine_.reset(deserialize(*plan->runtime_, engine.data(), engine.size()));
  }
  if (!plan->engine_) {
    const std::string reasons = take_errors();
    return base::fail(code_of(reasons), "TensorRT can't load the engine: {}", reasons);
  }
  return plan;
}

std::size_t Plan::activation_bytes() const noexcept {
  return tensorrt::activation_bytes(*engine_);
}

std::size_t Plan::tensor_bytes(const char* name, int batch) const {
  const nvinfer1::Dims shape = engine_->getTensorShape(name);
  if (shape.nbDims < 0) {
    return 0;
  }
  std::size_t bytes = bytes_of(engine_->getTensorDataType(name));
  for (std::int32_t i = 0; i < shape.nbDims; ++i) {
    bytes *= static_cast<std::size_t>(shape.d[i] < 0 ? batch : shape.d[i]);
  }
  return bytes;
}

Result<Context> Context::make(Plan& plan, int batch, const cuda::DeviceBuffer& activations,
                              cudaStream_t stream) {
  const cuda::DeviceGuard guard{plan.device()};
  Context context{plan.device(), make_context_without_memory(plan.engine())};
  const auto failed = [&] {
    const std::string reasons = take_errors();
    return base::fail(code_of(reasons), "TensorRT can't make a context for batches of {}: {}",
                      batch, reasons);
  };
  if (!context.context_) {
    return failed();
  }
  set_activation_memory(*context.context_, activations.get(), activations.bytes());
  if (!context.context_->setOptimizationProfileAsync(0, stream)) {
    return failed();
  }
  for (const char* name : {kInput, kMappings}) {
    nvinfer1::Dims shape = plan.engine().getTensorShape(name);
    if (shape.nbDims < 0) {
      continue;  // an engine with raw heads has no kMappings
    }
    shape.d[0] = batch;
    if (!context.context_->setInputShape(name, shape)) {
      return failed();
    }
  }
  return context;
}

bool Context::set_address(const char* name, void* memory) {
  return context_->setTensorAddress(name, memory);
}

bool Context::enqueue(cudaStream_t stream) {
  const cuda::DeviceGuard guard{device_};
  return context_->enqueueV3(stream);
}

}  // namespace yolofleet::backend::tensorrt
