#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/tensorrt/plugins/byte_stream.hpp"
#include "backend/tensorrt/plugins/detections_plugin.hpp"
#include "backend/tensorrt/plugins/mish_plugin.hpp"

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {
namespace {

using nvinfer1::DataType;
using nvinfer1::TensorFormat;
using ::testing::HasSubstr;

graph::Head head(int classes) {
  graph::Head yolo;
  yolo.anchors = {{10.0F, 14.0F}, {23.0F, 27.0F}, {37.0F, 58.0F}};
  yolo.mask = {0, 1, 2};
  yolo.classes = classes;
  yolo.scale_x_y = 1.05F;
  yolo.new_coords = classes == 2;
  yolo.nms = {graph::NmsKind::kDiou, 0.7F};
  return yolo;
}

DetectionsParameters parameters() {
  DetectionsParameters all;
  all.input_width = 416;
  all.input_height = 320;
  all.heads = {head(80), head(2)};
  graph::Head gaussian = head(3);
  gaussian.kind = graph::HeadKind::kGaussianYolo;
  gaussian.point = graph::YoloPoint::kRightBottom;
  graph::Head region = head(4);
  region.kind = graph::HeadKind::kRegion;
  region.softmax = true;
  all.heads.insert(all.heads.end(), {gaussian, region});
  all.nms = {{graph::NmsKind::kGreedy, 0.6F}, 123};
  return all;
}

graph::Network network_of(const graph::Head& yolo, graph::Shape shape, std::size_t heads = 1) {
  graph::Layer layer;
  layer.operation = yolo;
  layer.line = 42;
  layer.input = shape;
  layer.output = shape;
  return {"net", {3, 320, 416}, false, std::vector<graph::Layer>(heads, layer)};
}

void expect_equal(const DetectionsParameters& a, const DetectionsParameters& b) {
  EXPECT_EQ(a.input_width, b.input_width);
  EXPECT_EQ(a.input_height, b.input_height);
  EXPECT_EQ(a.nms.rule, b.nms.rule);
  EXPECT_EQ(a.nms.max_detections, b.nms.max_detections);
  ASSERT_EQ(a.heads.size(), b.heads.size());
  for (std::size_t i = 0; i < a.heads.size(); ++i) {
    EXPECT_EQ(a.heads[i].kind, b.heads[i].kind);
    EXPECT_EQ(a.heads[i].point, b.heads[i].point);
    EXPECT_EQ(a.heads[i].softmax, b.heads[i].softmax);
    EXPECT_EQ(a.heads[i].anchors, b.heads[i].anchors);
    EXPECT_EQ(a.heads[i].classes, b.heads[i].classes);
    EXPECT_EQ(a.heads[i].scale_x_y, b.heads[i].scale_x_y);
    EXPECT_EQ(a.heads[i].new_coords, b.heads[i].new_coords);
  }
}

TEST(DetectionsPlugin, ItsParametersSurviveSerialisation) {
  const DetectionsPlugin plugin{parameters()};
  std::vector<std::byte> bytes(plugin.getSerializationSize());
  plugin.serialize(bytes.data());
  const auto again = DetectionsPlugin::deserialize(bytes);
  ASSERT_TRUE(again);
  expect_equal(again->parameters(), parameters());
}

TEST(DetectionsPlugin, ItsCopiesAreWhole) {
  const DetectionsPlugin plugin{parameters()};
  auto* const copy = plugin.clone();
  expect_equal(static_cast<DetectionsPlugin*>(copy)->parameters(), parameters());
  EXPECT_STREQ(copy->getPluginNamespace(), kPluginNamespace);
  copy->destroy();
}

TEST(DetectionsPlugin, TakesEveryKindOfHead) {
  for (const auto kind :
       {graph::HeadKind::kYolo, graph::HeadKind::kGaussianYolo, graph::HeadKind::kRegion}) {
    graph::Head one = head(80);
    one.kind = kind;
    const int channels = 3 * numbers_per_anchor(one);
    const auto taken = DetectionsPlugin::parameters_of(network_of(one, {channels, 10, 13}), 300);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->heads.front().kind, kind);
  }
}

TEST(DeviceHeads, HaveAnchorsInTheUnitsOfTheirKind) {
  ops::DeviceHeads heads;
  graph::Head yolo = head(80);
  graph::Head region = head(4);
  region.kind = graph::HeadKind::kRegion;
  heads.add(yolo, {255, 10, 13}, {3, 320, 416}, &heads, true);
  heads.add(region, {27, 20, 26}, {3, 320, 416}, &heads, false);
  ASSERT_EQ(heads.count, 2);
  EXPECT_EQ(heads.heads[0].whole_width, 416.0F);
  EXPECT_EQ(heads.heads[0].whole_height, 320.0F);
  EXPECT_TRUE(heads.heads[0].half);
  EXPECT_EQ(heads.heads[0].first_box, 0);
  EXPECT_EQ(heads.heads[1].whole_width, 26.0F) << "of [region] in cells";
  EXPECT_EQ(heads.heads[1].whole_height, 20.0F);
  EXPECT_EQ(heads.heads[1].anchor_sizes[2][1], 58.0F);
  EXPECT_EQ(heads.heads[1].first_box, 3 * 130);
  EXPECT_EQ(heads.boxes, 3 * 130 + 3 * 520);
}

TEST(DetectionsPlugin, ForeignBytesAreRefused) {
  const std::vector<std::byte> bytes = DetectionsPlugin{parameters()}.serialized();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DetectionsPlugin::deserialize(std::span(bytes).first(size))) << size;
  }
  std::vector<std::byte> longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(DetectionsPlugin::deserialize(longer));
  std::vector<std::byte> many_heads = bytes;
  many_heads[20] = std::byte{100};
  EXPECT_FALSE(DetectionsPlugin::deserialize(many_heads));
  std::vector<std::byte> other_kind = bytes;
  ASSERT_EQ(other_kind[24], std::byte{0}) << "the first head's kind";
  other_kind[24] = std::byte{3};
  EXPECT_FALSE(DetectionsPlugin::deserialize(other_kind));
  std::vector<std::byte> other_point = bytes;
  ASSERT_EQ(other_point[other_point.size() - 2], std::byte{0}) << "the last head's point";
  other_point[other_point.size() - 2] = std::byte{3};
  EXPECT_FALSE(DetectionsPlugin::deserialize(other_point));
}

TEST(DetectionsPlugin, NetworksBeyondTheKernelsRoomAreRefusedWithTheNumbers) {
  graph::Head many = head(80);
  many.anchors.resize(17);
  const auto anchors = DetectionsPlugin::parameters_of(network_of(many, {17 * 85, 10, 10}), 300);
  ASSERT_FALSE(anchors);
  EXPECT_THAT(anchors.error().message, HasSubstr("line 42: 17 anchors and 80 classes"));
  const auto boxes = DetectionsPlugin::parameters_of(network_of(head(1), {18, 1000, 1000}), 300);
  ASSERT_FALSE(boxes);
  EXPECT_THAT(boxes.error().message, HasSubstr("1 heads with 3000000 boxes"));
  const auto heads = DetectionsPlugin::parameters_of(network_of(head(1), {18, 10, 10}, 9), 300);
  ASSERT_FALSE(heads);
  EXPECT_THAT(heads.error().message, HasSubstr("9 heads"));
}

TEST(DetectionsPlugin, WithoutALimitThereIsRoomForAllThatCanComeOut) {
  const graph::Network network = network_of(head(1), {18, 10, 10});
  for (const int limit : {0, ops::kMostCandidates, 20000}) {
    EXPECT_EQ(DetectionsPlugin::parameters_of(network, limit)->nms.max_detections,
              ops::kMostCandidates);
  }
  EXPECT_EQ(DetectionsPlugin::parameters_of(network, 1)->nms.max_detections, 1);
}

TEST(DetectionsPlugin, TheNmsRuleOfTheLastHeadAppliesToAll) {
  EXPECT_EQ(DetectionsPlugin::parameters_of(network_of(head(1), {18, 10, 10}, 2), 300)->nms.rule,
            (graph::NmsRule{graph::NmsKind::kDiou, 0.7F}));
}

nvinfer1::PluginTensorDesc tensor(DataType type, TensorFormat format,
                                  std::initializer_list<int> sizes) {
  nvinfer1::PluginTensorDesc desc{};
  desc.type = type;
  desc.format = format;
  for (const int size : sizes) {
    desc.dims.d[desc.dims.nbDims++] = size;
  }
  return desc;
}

TEST(DetectionsPlugin, TakesHeadsInBothTypesAndTheRestInFloat) {
  DetectionsPlugin plugin{parameters()};
  std::vector<nvinfer1::PluginTensorDesc> tensors(
      12, tensor(DataType::kFLOAT, TensorFormat::kLINEAR, {1}));
  const auto takes = [&](int position, DataType type, TensorFormat format) {
    tensors[static_cast<std::size_t>(position)] = tensor(type, format, {1});
    return plugin.supportsFormatCombination(position, tensors.data(), 6, 6);
  };
  EXPECT_TRUE(takes(0, DataType::kHALF, TensorFormat::kLINEAR));
  EXPECT_TRUE(takes(1, DataType::kFLOAT, TensorFormat::kLINEAR));
  EXPECT_FALSE(takes(0, DataType::kHALF, TensorFormat::kHWC8));
  EXPECT_FALSE(takes(4, DataType::kHALF, TensorFormat::kLINEAR)) << "thresholds";
  EXPECT_FALSE(takes(5, DataType::kHALF, TensorFormat::kLINEAR)) << "mappings";
  EXPECT_TRUE(takes(6, DataType::kINT32, TensorFormat::kLINEAR)) << "numbers";
  EXPECT_FALSE(takes(6, DataType::kFLOAT, TensorFormat::kLINEAR));
  EXPECT_TRUE(takes(8, DataType::kINT32, TensorFormat::kLINEAR)) << "candidates";
  EXPECT_TRUE(takes(9, DataType::kFLOAT, TensorFormat::kLINEAR)) << "boxes";
  EXPECT_TRUE(takes(11, DataType::kINT32, TensorFormat::kLINEAR)) << "classes";
}

TEST(MishPlugin, CountsThePaddingOfVectorisedLayouts) {
  EXPECT_EQ(elements_in_memory(tensor(DataType::kFLOAT, TensorFormat::kLINEAR, {2, 3, 5, 7})),
            210U);
  EXPECT_EQ(elements_in_memory(tensor(DataType::kHALF, TensorFormat::kHWC8, {2, 3, 5, 7})),
            2U * 8 * 5 * 7);
  EXPECT_EQ(elements_in_memory(tensor(DataType::kHALF, TensorFormat::kCHW16, {1, 17, 2, 2})),
            32U * 4);
  EXPECT_EQ(elements_in_memory(tensor(DataType::kFLOAT, TensorFormat::kCHW32, {1, 32, 2, 2})),
            32U * 4);
}

TEST(MishPlugin, ItsOutputHasTheLayoutAndTypeOfItsInput) {
  MishPlugin plugin;
  const auto takes = [&](DataType in, TensorFormat in_format, DataType out,
                         TensorFormat out_format) {
    const nvinfer1::PluginTensorDesc tensors[] = {tensor(in, in_format, {1, 8, 4, 4}),
                                                  tensor(out, out_format, {1, 8, 4, 4})};
    return plugin.supportsFormatCombination(0, tensors, 1, 1) &&
           plugin.supportsFormatCombination(1, tensors, 1, 1);
  };
  EXPECT_TRUE(takes(DataType::kHALF, TensorFormat::kHWC8, DataType::kHALF, TensorFormat::kHWC8));
  EXPECT_TRUE(
      takes(DataType::kFLOAT, TensorFormat::kLINEAR, DataType::kFLOAT, TensorFormat::kLINEAR));
  EXPECT_FALSE(takes(DataType::kHALF, TensorFormat::kHWC8, DataType::kHALF, TensorFormat::kLINEAR));
  EXPECT_FALSE(
      takes(DataType::kHALF, TensorFormat::kLINEAR, DataType::kFLOAT, TensorFormat::kLINEAR));
  EXPECT_FALSE(
      takes(DataType::kINT8, TensorFormat::kLINEAR, DataType::kINT8, TensorFormat::kLINEAR));
  EXPECT_FALSE(takes(DataType::kFLOAT, TensorFormat::kHWC8, DataType::kFLOAT, TensorFormat::kHWC8));
}

TEST(MishPlugin, HasNothingToSerialise) {
  EXPECT_EQ(MishPlugin{}.getSerializationSize(), 0U);
  EXPECT_TRUE(MishPlugin::deserialize({}));
  const std::byte byte{1};
  EXPECT_FALSE(MishPlugin::deserialize({&byte, 1}));
}

TEST(ByteStream, ReadsWhatWasWritten) {
  ByteWriter writer;
  writer.put(std::int32_t{-5});
  writer.put(1.5F);
  ByteReader reader{writer.bytes()};
  EXPECT_EQ(reader.get<std::int32_t>(), -5);
  EXPECT_FALSE(reader.complete());
  EXPECT_EQ(reader.get<float>(), 1.5F);
  EXPECT_TRUE(reader.complete());
  EXPECT_EQ(reader.get<std::int32_t>(), 0);
  EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt

YOLOFLEET_DEPRECATED_TENSORRT_END
