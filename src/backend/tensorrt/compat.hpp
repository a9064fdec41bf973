#pragma once

#include <NvInfer.h>

#include <cstddef>
#include <cstdint>

/// What differs between the versions of TensorRT that this is compiled for (8.6, 10 and 11), all in
/// this file.

// IPluginV2DynamicExt is the one kind of plugin that all of them run; 8.6 and later call it
// deprecated.
#define YOLOFLEET_DEPRECATED_TENSORRT_BEGIN \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define YOLOFLEET_DEPRECATED_TENSORRT_END _Pragma("GCC diagnostic pop")

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {

/// The major version that this is compiled for; only a library of the same one is loaded.
inline constexpr int kMajor = NV_TENSORRT_MAJOR;

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
};

/// From what getInferLibVersion gives: 8600 is 8.6.0, 101400 is 10.14.0.
constexpr Version version_of(int number) noexcept {
  const int unit = number >= 100'000 ? 10'000 : 1'000;
  return {number / unit, number % unit / 100, number % 100};
}

/// From 10 on a network's types are exactly those that it is built with. 8.6 knows that flag too,
/// but its FP16 kernels are better chosen from with the builder's flag (see `allow_half`).
inline std::uint32_t network_flags() noexcept {
#if NV_TENSORRT_MAJOR >= 10
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#else
  return 1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kEXPLICIT_BATCH);
#endif
}

/// Lets the builder use half kernels; from 10 on the network's own types say so.
inline void allow_half([[maybe_unused]] nvinfer1::IBuilderConfig& config) noexcept {
#if NV_TENSORRT_MAJOR < 10
  config.setFlag(nvinfer1::BuilderFlag::kFP16);
#endif
}

/// Says what a marked output is made of: FP32 where nothing is said. From 10 on it is what the
/// network makes it of.
inline void set_output_type([[maybe_unused]] nvinfer1::ITensor& tensor,
                            [[maybe_unused]] nvinfer1::DataType type) noexcept {
#if NV_TENSORRT_MAJOR < 10
  tensor.setType(type);
#endif
}

/// Lets several contexts use one optimisation profile at a time; from 10 on they always may.
inline void share_profiles([[maybe_unused]] nvinfer1::IBuilderConfig& config) noexcept {
#if NV_TENSORRT_MAJOR < 10
  config.setPreviewFeature(nvinfer1::PreviewFeature::kPROFILE_SHARING_0806, true);
#endif
}

/// What a shape tensor is made of.
#if NV_TENSORRT_MAJOR >= 10
using ShapeInteger = std::int64_t;
inline constexpr nvinfer1::DataType kShapeType = nvinfer1::DataType::kINT64;
#else
using ShapeInteger = std::int32_t;
inline constexpr nvinfer1::DataType kShapeType = nvinfer1::DataType::kINT32;
#endif

/// Adds one of our plugins to a network, which takes a copy of it.
inline nvinfer1::IPluginV2Layer* add_plugin(nvinfer1::INetworkDefinition& network,
                                            nvinfer1::ITensor* const* inputs, std::int32_t count,
                                            nvinfer1::IPluginV2& plugin) noexcept {
  return network.addPluginV2(inputs, count, plugin);
}

/// Device memory that a context's activations take.
inline std::size_t activation_bytes(const nvinfer1::ICudaEngine& engine) noexcept {
#if NV_TENSORRT_MAJOR < 10
  return engine.getDeviceMemorySize();
#else
  return static_cast<std::size_t>(engine.getDeviceMemorySizeV2());
#endif
}

/// A context whose activations live in memory that `set_activation_memory` gives it.
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
