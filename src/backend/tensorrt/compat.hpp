#pragma once

#include <NvInfer.h>

#include <cstddef>
#include <cstdint>

/// All differences between the supported versions of TensorRT: 8.6, 10 and 11.

// IPluginV2DynamicExt is the only kind of plugin that all these versions run. Their headers declare
// it deprecated.
#define YOLOFLEET_DEPRECATED_TENSORRT_BEGIN \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define YOLOFLEET_DEPRECATED_TENSORRT_END _Pragma("GCC diagnostic pop")

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {

/// The major version of the headers. Only a library of the same major version is loaded.
inline constexpr int kMajor = NV_TENSORRT_MAJOR;

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
};

/// Decodes the number that getInferLibVersion returns: 8600 is 8.6.0, 101400 is 10.14.0.
constexpr Version version_of(int number) noexcept {
  const int unit = number >= 100'000 ? 10'000 : 1'000;
  return {number / unit, number % unit / 100, number % 100};
}

/// From 10 on: strongly typed, so that each tensor keeps the type that the network gives it. 8.6
/// has that flag too, but chooses better FP16 kernels with the builder's flag (see `allow_half`).
inline std::uint32_t network_flags() noexcept {
#if NV_TENSORRT_MAJOR >= 10
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#else
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kEXPLICIT_BATCH);
#endif
}

/// Allows FP16 kernels. From 10 on the network's types decide.
inline void allow_half([[maybe_unused]] nvinfer1::IBuilderConfig& config) noexcept {
#if NV_TENSORRT_MAJOR < 10
  config.setFlag(nvinfer1::BuilderFlag::kFP16);
#endif
}

/// Allows several contexts to use one optimisation profile at a time. From 10 on this is always
/// allowed.
inline void share_profiles([[maybe_unused]] nvinfer1::IBuilderConfig& config) noexcept {
#if NV_TENSORRT_MAJOR < 10
  config.setPreviewFeature(nvinfer1::PreviewFeature::kPROFILE_SHARING_0806, true);
#endif
}

/// The element type of a shape tensor.
#if NV_TENSORRT_MAJOR >= 10
using ShapeInteger = std::int64_t;
inline constexpr nvinfer1::DataType kShapeType = nvinfer1::DataType::kINT64;
#else
using ShapeInteger = std::int32_t;
inline constexpr nvinfer1::DataType kShapeType = nvinfer1::DataType::kINT32;
#endif

/// Adds a copy of one of our plugins to a network.
inline nvinfer1::IPluginV2Layer* add_plugin(nvinfer1::INetworkDefinition& network,
                                            nvinfer1::ITensor* const* inputs, std::int32_t count,
                                            nvinfer1::IPluginV2& plugin) noexcept {
  return network.addPluginV2(inputs, count, plugin);
}

/// Bytes of device memory for the activations of a context.
inline std::size_t activation_bytes(const nvinfer1::ICudaEngine& engine) noexcept {
#if NV_TENSORRT_MAJOR < 10
  return engine.getDeviceMemorySize();
#else
  return static_cast<std::size_t>(engine.getDeviceMemorySizeV2());
#endif
}

/// Creates a context without memory for its activations: `set_activation_memory` provides it.
inline nvinfer1::IExecutionContext* make_context_without_memory(
    nvinfer1::ICudaEngine& engine) noexcept {
#if NV_TENSORRT_MAJOR < 10
  return engine.createExecutionContextWithoutDeviceMemory();
#else
  return engine.createExecutionContext(nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED);
#endif
}

inline void set_activation_memory(nvinfer1::IExecutionContext& context, void* memory,
                                  [[maybe_unused]] std::size_t bytes) noexcept {
#if NV_TENSORRT_MAJOR < 10
  context.setDeviceMemory(memory);
#else
  context.setDeviceMemoryV2(memory, static_cast<std::int64_t>(bytes));
#endif
}

inline nvinfer1::ICudaEngine* deserialize(nvinfer1::IRuntime& runtime, const void* data,
                                          std::size_t bytes) noexcept {
  return runtime.deserializeCudaEngine(data, bytes);
}

}  // namespace yolofleet::backend::tensorrt

YOLOFLEET_DEPRECATED_TENSORRT_END
