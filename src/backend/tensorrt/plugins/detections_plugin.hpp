#pragma once

#include <span>
#include <vector>

#include "backend/tensorrt/plugins/plugin_base.hpp"
#include "graph/network.hpp"
#include "ops/nms_cuda.hpp"
#include "yolofleet/error.hpp"

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {

/// The properties of a network that a DetectionsPlugin needs.
struct DetectionsParameters {
  int input_width = 0;
  int input_height = 0;
  std::vector<graph::Head> heads;
  ops::NmsSettings nms;
};

/// Turns the inputs of all heads of a network into detections on the device: boxes, confidence
/// threshold, and non-maximum suppression.
///
/// Inputs: each head (batch x anchors * numbers_per_anchor x rows x columns, FP32 or FP16, linear),
/// then the thresholds (2: confidence, NMS), then the mapping from the network's input to each
/// picture (batch x 6: ops::PictureMapping), both FP32.
/// Outputs: detections (batch), detections before the limit (batch), candidates (batch), boxes
/// (batch x max x 4), scores (batch x max), classes (batch x max); counts and classes INT32, the
/// rest FP32: ops::DeviceDetections. Entries past a picture's number of detections are unspecified.
class DetectionsPlugin final : public PluginBase<DetectionsPlugin> {
 public:
  static constexpr const char* kName = "YolofleetDetections";
  static constexpr const char* kVersion = "3";

  explicit DetectionsPlugin(DetectionsParameters parameters);

  /// The parameters for a network with heads; `max_detections` as in ops::room_for_detections.
  /// Errors: kUnsupported (more heads, anchors, classes or boxes than the kernels have room for),
  /// with the numbers.
  static Result<DetectionsParameters> parameters_of(const graph::Network& network,
                                                    int max_detections);
  /// Null for bytes that `serialized` doesn't produce.
  static std::unique_ptr<DetectionsPlugin> deserialize(std::span<const std::byte> bytes);
  std::vector<std::byte> serialized() const;
  const DetectionsParameters& parameters() const noexcept { return parameters_; }

  int32_t getNbOutputs() const noexcept override { return 6; }
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

 private:
  DetectionsParameters parameters_;
};

}  // namespace yolofleet::backend::tensorrt

YOLOFLEET_DEPRECATED_TENSORRT_END
