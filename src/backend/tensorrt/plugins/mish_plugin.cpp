#include "backend/tensorrt/plugins/mish_plugin.hpp"

#include <algorithm>

#include "cuda/check.hpp"
#include "ops/mish_cuda.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using nvinfer1::DataType;
using nvinfer1::TensorFormat;

/// Channels that a layout stores together: 1 for a linear layout, 0 for one that isn't supported.
int channels_per_vector(DataType type, TensorFormat format) {
  switch (format) {
    case TensorFormat::kLINEAR:
      return 1;
    case TensorFormat::kHWC8:
      return type == DataType::kHALF ? 8 : 0;
    case TensorFormat::kCHW32:
      return 32;
    case TensorFormat::kCHW16:
      return type == DataType::kHALF ? 16 : 0;
    case TensorFormat::kCHW4:
      return type == DataType::kHALF ? 4 : 0;
    case TensorFormat::kCHW2:
      return type == DataType::kHALF ? 2 : 0;
    default:
      return 0;
  }
}

}  // namespace

std::size_t elements_in_memory(const nvinfer1::PluginTensorDesc& tensor) noexcept {
  const auto per_vector =
      static_cast<std::size_t>(std::max(channels_per_vector(tensor.type, tensor.format), 1));
  std::size_t elements = 1;
  for (int32_t i = 0; i < tensor.dims.nbDims; ++i) {
    auto size = static_cast<std::size_t>(tensor.dims.d[i]);
    if (i == 1) {
      size = (size + per_vector - 1) / per_vector * per_vector;
    }
    elements *= size;
  }
  return elements;
}

std::unique_ptr<MishPlugin> MishPlugin::deserialize(std::span<const std::byte> bytes) {
  return bytes.empty() ? std::make_unique<MishPlugin>() : nullptr;
}

nvinfer1::DimsExprs MishPlugin::getOutputDimensions(int32_t, const nvinfer1::DimsExprs* inputs,
                                                    int32_t, nvinfer1::IExprBuilder&) noexcept {
  return inputs[0];
}

DataType MishPlugin::getOutputDataType(int32_t, const DataType* types, int32_t) const noexcept {
  return types[0];
}

bool MishPlugin::supportsFormatCombination(int32_t position,
                                           const nvinfer1::PluginTensorDesc* tensors, int32_t,
                                           int32_t) noexcept {
  const nvinfer1::PluginTensorDesc& tensor = tensors[position];
  if (tensor.type != DataType::kFLOAT && tensor.type != DataType::kHALF) {
    return false;
  }
  if (position > 0) {
    return tensor.type == tensors[0].type && tensor.format == tensors[0].format;
  }
  return channels_per_vector(tensor.type, tensor.format) > 0;
}

size_t MishPlugin::getWorkspaceSize(const nvinfer1::PluginTensorDesc*, int32_t,
                                    const nvinfer1::PluginTensorDesc*, int32_t) const noexcept {
  return 0;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are TensorRT's
int32_t MishPlugin::enqueue(const nvinfer1::PluginTensorDesc* input_descs,
                            const nvinfer1::PluginTensorDesc*, const void* const* inputs,
                            void* const* outputs, void*, cudaStream_t stream) noexcept {
  const std::size_t count = elements_in_memory(input_descs[0]);
  try {
    if (input_descs[0].type == DataType::kHALF) {
      ops::enqueue_mish(static_cast<const __half*>(inputs[0]), static_cast<__half*>(outputs[0]),
                        count, stream);
    } else {
      ops::enqueue_mish(static_cast<const float*>(inputs[0]), static_cast<float*>(outputs[0]),
                        count, stream);
    }
  } catch (const cuda::CudaError& error) {
    return static_cast<int32_t>(error.code());
  }
  return 0;
}

}  // namespace yolofleet::backend::tensorrt
