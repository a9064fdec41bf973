#pragma once

#include <span>

#include "backend/tensorrt/plugins/plugin_base.hpp"

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {

/// Mish, element by element: one input, one output of the same shape, type and layout. FP32 and
/// FP16, in linear and channel-vectorised layouts, where it processes the padding like the rest.
class MishPlugin final : public PluginBase<MishPlugin> {
 public:
  static constexpr const char* kName = "YolofleetMish";
  static constexpr const char* kVersion = "1";

  /// Null unless `bytes` is empty: the plugin has no parameters.
  static std::unique_ptr<MishPlugin> deserialize(std::span<const std::byte> bytes);
  std::vector<std::byte> serialized() const { return {}; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  nvinfer1::DimsExprs getOutputDimensions(int32_t output, const nvinfer1::DimsExprs* inputs,
                                          int32_t input_count,
                                          nvinfer1::IExprBuilder& builder) noexcept override;
  nvinfer1::DataType getOutputDataType(int32_t output, const nvinfer1::DataType* types,
                                       int32_t count) const noexcept override;
  bool supportsFormatCombination(int32_t position, const nvinfer1::PluginTensorDesc* tensors,
                                 int32_t input_count, int32_t output_count) noexcept override;
  size_t getWorkspaceSize(const nvinfer1::PluginTensorDesc* inputs, int32_t input_count,
                          const nvinfer1::PluginTensorDesc* outputs,
                          int32_t output_count) const noexcept override;
  int32_t enqueue(const nvinfer1::PluginTensorDesc* input_descs,
                  const nvinfer1::PluginTensorDesc* output_descs, const void* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override;
};

/// Elements of a tensor in memory, including the padding of a vectorised layout. `dims`: batch,
/// channels, then any others.
std::size_t elements_in_memory(const nvinfer1::PluginTensorDesc& tensor) noexcept;

}  // namespace yolofleet::backend::tensorrt

YOLOFLEET_DEPRECATED_TENSORRT_END
