#include "backend/tensorrt/plugins/detections_plugin.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "backend/tensorrt/plugins/boxes_mark.hpp"
#include "backend/tensorrt/plugins/byte_stream.hpp"
#include "base/fail.hpp"
#include "cuda/check.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using nvinfer1::DataType;
using nvinfer1::PluginTensorDesc;
using nvinfer1::TensorFormat;

/// Indices of the outputs.
struct Output {
  enum : int32_t { kNumbers, kKept, kCandidates, kBoxes, kScores, kClasses };
};

void put(ByteWriter& writer, const graph::Head& head) {
  writer.put(static_cast<std::uint8_t>(head.kind));
  writer.put(static_cast<std::int32_t>(head.anchors.size()));
  for (const graph::Anchor& anchor : head.anchors) {
    writer.put(anchor[0]);
    writer.put(anchor[1]);
  }
  writer.put(static_cast<std::int32_t>(head.classes));
  writer.put(head.scale_x_y);
  writer.put(static_cast<std::uint8_t>(head.new_coords));
  writer.put(static_cast<std::uint8_t>(head.point));
  writer.put(static_cast<std::uint8_t>(head.softmax));
}

/// Nothing for values that no head has. Checks the numbers before it allocates memory by them.
std::optional<graph::Head> get_head(ByteReader& reader) {
  graph::Head head;
  const auto kind = reader.get<std::uint8_t>();
  head.kind = static_cast<graph::HeadKind>(kind);
  const auto anchors = reader.get<std::int32_t>();
  for (int i = 0; i < std::clamp(anchors, 0, ops::kMostAnchors); ++i) {
    const auto width = reader.get<float>();
    const auto height = reader.get<float>();
    head.anchors.push_back({width, height});
  }
  head.classes = reader.get<std::int32_t>();
  head.scale_x_y = reader.get<float>();
  head.new_coords = reader.get<std::uint8_t>() != 0;
  const auto point = reader.get<std::uint8_t>();
  head.point = static_cast<graph::YoloPoint>(point);
  head.softmax = reader.get<std::uint8_t>() != 0;
  const bool known = kind <= static_cast<std::uint8_t>(graph::HeadKind::kRegion) &&
                     point <= static_cast<std::uint8_t>(graph::YoloPoint::kRightBottom);
  const bool fits = anchors >= 0 && anchors <= ops::kMostAnchors && head.classes >= 0 &&
                    head.classes <= ops::kMostClasses;
  return known && fits ? std::optional{std::move(head)} : std::nullopt;
}

ops::DeviceHeads device_heads(const DetectionsParameters& parameters, const PluginTensorDesc* descs,
                              const void* const* inputs) {
  const graph::Shape input{0, parameters.input_height, parameters.input_width};
  ops::DeviceHeads heads;
  for (const graph::Head& head : parameters.heads) {
    const PluginTensorDesc& desc = descs[heads.count];
    const graph::Shape shape{static_cast<int>(desc.dims.d[1]), static_cast<int>(desc.dims.d[2]),
                             static_cast<int>(desc.dims.d[3])};
    heads.add(head, shape, input, inputs[heads.count], desc.type == DataType::kHALF);
  }
  return heads;
}

}  // namespace

DetectionsPlugin::DetectionsPlugin(DetectionsParameters parameters)
    : parameters_(std::move(parameters)) {}

Result<DetectionsParameters> DetectionsPlugin::parameters_of(const graph::Network& network,
                                                             int max_detections) {
  DetectionsParameters parameters;
  parameters.input_width = network.input().width;
  parameters.input_height = network.input().height;
  parameters.nms.max_detections = ops::room_for_detections(max_detections);
  std::int64_t boxes = 0;
  for (const std::size_t index : network.heads()) {
    const graph::Layer& layer = network.layers()[index];
    const auto& head = std::get<graph::Head>(layer.operation);
    if (head.anchors.size() > ops::kMostAnchors || head.classes > ops::kMostClasses) {
      return base::fail(
          ErrorCode::kUnsupported,
          "line {}: {} anchors and {} classes; on a GPU a head may have at most {} and {}",
          layer.line, head.anchors.size(), head.classes, ops::kMostAnchors, ops::kMostClasses);
    }
    boxes += std::int64_t{layer.input.height} * layer.input.width *
             static_cast<std::int64_t>(head.anchors.size());
    parameters.nms.rule = head.nms;  // the last head's, as Darknet has it
    parameters.heads.push_back(head);
  }
  if (parameters.heads.size() > ops::kMostHeads || boxes > ops::kMostBoxes) {
    return base::fail(ErrorCode::kUnsupported,
                      "{} heads with {} boxes in total; on a GPU at most {} and {} are allowed",
                      parameters.heads.size(), boxes, ops::kMostHeads, ops::kMostBoxes);
  }
  return parameters;
}

std::vector<std::byte> DetectionsPlugin::serialized() const {
  ByteWriter writer;
  writer.put(static_cast<std::int32_t>(parameters_.input_width));
  writer.put(static_cast<std::int32_t>(parameters_.input_height));
  writer.put(static_cast<std::int32_t>(parameters_.nms.max_detections));
  writer.put(static_cast<std::int32_t>(parameters_.nms.rule.kind));
  writer.put(parameters_.nms.rule.beta);
  writer.put(static_cast<std::int32_t>(parameters_.heads.size()));
  for (const graph::Head& head : parameters_.heads) {
    put(writer, head);
  }
  return writer.bytes();
}

std::unique_ptr<DetectionsPlugin> DetectionsPlugin::deserialize(std::span<const std::byte> bytes) {
  ByteReader reader{bytes};
  DetectionsParameters parameters;
  parameters.input_width = reader.get<std::int32_t>();
  parameters.input_height = reader.get<std::int32_t>();
  parameters.nms.max_detections = reader.get<std::int32_t>();
  const auto kind = reader.get<std::int32_t>();
  parameters.nms.rule.kind = static_cast<graph::NmsKind>(kind);
  parameters.nms.rule.beta = reader.get<float>();
  const auto heads = reader.get<std::int32_t>();
  const bool sane = !reader.failed() && parameters.input_width > 0 && parameters.input_height > 0 &&
                    parameters.nms.max_detections > 0 &&
                    parameters.nms.max_detections <= ops::kMostCandidates && kind >= 0 &&
                    kind <= static_cast<std::int32_t>(graph::NmsKind::kDiou) && heads > 0 &&
                    heads <= ops::kMostHeads;
  if (!sane) {
    return nullptr;
  }
  for (std::int32_t i = 0; i < heads; ++i) {
    auto head = get_head(reader);
    if (!head) {
      return nullptr;
    }
    parameters.heads.push_back(*std::move(head));
  }
  return reader.complete() ? std::make_unique<DetectionsPlugin>(std::move(parameters)) : nullptr;
}

nvinfer1::DimsExprs DetectionsPlugin::getOutputDimensions(
    int32_t output, const nvinfer1::DimsExprs* inputs, int32_t,
    nvinfer1::IExprBuilder& builder) noexcept {
  nvinfer1::DimsExprs dims{};
  dims.nbDims = output == Output::kBoxes ? 3 : (output >= Output::kScores ? 2 : 1);
  dims.d[0] = inputs[0].d[0];
  if (dims.nbDims > 1) {
    dims.d[1] = builder.constant(parameters_.nms.max_detections);
  }
  if (dims.nbDims > 2) {
    dims.d[2] = builder.constant(4);
  }
  return dims;
}

DataType DetectionsPlugin::getOutputDataType(int32_t output, const DataType*,
                                             int32_t) const noexcept {
  return output == Output::kBoxes || output == Output::kScores ? DataType::kFLOAT
                                                               : DataType::kINT32;
}

bool DetectionsPlugin::supportsFormatCombination(int32_t position, const PluginTensorDesc* tensors,
                                                 int32_t input_count, int32_t) noexcept {
  const PluginTensorDesc& tensor = tensors[position];
  if (tensor.format != TensorFormat::kLINEAR) {
    return false;
  }
  if (position >= input_count) {
    return tensor.type == getOutputDataType(position - input_count, nullptr, 0);
  }
  const bool is_head = position < static_cast<int32_t>(parameters_.heads.size());
  return tensor.type == DataType::kFLOAT || (is_head && tensor.type == DataType::kHALF);
}

size_t DetectionsPlugin::getWorkspaceSize(const PluginTensorDesc* inputs, int32_t,
                                          const PluginTensorDesc*, int32_t) const noexcept {
  return ops::candidates_bytes(static_cast<int>(inputs[0].dims.d[0]));
}

// NOLINTNEXTLINE(readability-function-size): the parameters are TensorRT's
int32_t DetectionsPlugin::enqueue(const PluginTensorDesc* input_descs, const PluginTensorDesc*,
                                  const void* const* inputs, void* const* outputs, void* workspace,
                                  cudaStream_t stream) noexcept {
  const std::size_t heads = parameters_.heads.size();
  const ops::DetectionBatch batch{static_cast<int>(input_descs[0].dims.d[0]),
                                  static_cast<const ops::Thresholds*>(inputs[heads]),
                                  static_cast<const ops::PictureMapping*>(inputs[heads + 1])};
  const ops::DeviceDetections detections{static_cast<int*>(outputs[Output::kNumbers]),
                                         static_cast<int*>(outputs[Output::kKept]),
                                         static_cast<int*>(outputs[Output::kCandidates]),
                                         static_cast<float4*>(outputs[Output::kBoxes]),
                                         static_cast<float*>(outputs[Output::kScores]),
                                         static_cast<int*>(outputs[Output::kClasses])};
  const ops::Candidates candidates = ops::candidates_in(workspace, batch.size);
  try {
    BoxesMark::pass(stream);
    ops::enqueue_yolo_boxes(device_heads(parameters_, input_descs, inputs), batch, candidates,
                            stream);
    ops::enqueue_nms(candidates, batch, parameters_.nms, detections, stream);
  } catch (const cuda::CudaError& error) {
    return static_cast<int32_t>(error.code());
  }
  return 0;
}

}  // namespace yolofleet::backend::tensorrt
