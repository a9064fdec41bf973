#include <array>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;
namespace limits = graph::limits;

constexpr std::array kMaxPoolKeys{
    Key{"stride"},       Key{"stride_x"},     Key{"stride_y"},
    Key{"size"},         Key{"padding"},      Key{"maxpool_depth"},
    Key{"out_channels"}, Key{"antialiasing"}, Key{"maxpool_zero_nonmax", kUnsupported}};

constexpr std::array kUpsampleKeys{Key{"stride"}, Key{"scale"}};

constexpr std::array kLocalAvgPoolKeys{Key{"stride"}, Key{"stride_x"}, Key{"stride_y"}, Key{"size"},
                                       Key{"padding"}};

/// A pool with the window that the section describes.
template <typename Pool>
Pool read_window(OptionReader& reader) {
  Pool op;
  const int stride = reader.integer("stride", 1, {1, limits::kMaxStride});
  op.stride_x = reader.integer("stride_x", stride, {1, limits::kMaxStride});
  op.stride_y = reader.integer("stride_y", stride, {1, limits::kMaxStride});
  op.size = reader.integer("size", stride, {1, limits::kMaxKernel});
  // With more, a window would see nothing but padding.
  op.padding = reader.integer("padding", op.size - 1, {0, 2 * (op.size - 1)});
  return op;
}

graph::Operation convert_maxpool(OptionReader& reader) {
  const auto out_channels = reader.integer("out_channels", 1, {1, limits::kMaxChannels});
  auto op = read_window<graph::MaxPool>(reader);
  op.blur = reader.blur();
  if (reader.flag("maxpool_depth")) {
    return graph::DepthMaxPool{out_channels};  // Darknet doesn't use the other keys then
  }
  return op;
}

graph::Operation convert_local_avgpool(OptionReader& reader) {
  return read_window<graph::LocalAvgPool>(reader);
}

graph::Operation convert_avgpool(OptionReader& /*no options*/) {
  return graph::AvgPool{};
}

graph::Operation convert_upsample(OptionReader& reader) {
  constexpr float kMostFactor = 1e6F;
  graph::Upsample op;
  // Darknet's negative strides (sums over blocks) aren't supported.
  op.stride = reader.integer("stride", 2, {1, graph::limits::kMaxStride});
  op.scale = reader.number("scale", 1.0F, {-kMostFactor, kMostFactor});
  return op;
}

constexpr std::array kResamplingSections{
    SectionKind{"maxpool", kMaxPoolKeys, convert_maxpool},
    SectionKind{"max", kMaxPoolKeys, convert_maxpool},
    SectionKind{"local_avgpool", kLocalAvgPoolKeys, convert_local_avgpool},
    SectionKind{"local_avg", kLocalAvgPoolKeys, convert_local_avgpool},
    SectionKind{"avgpool", {}, convert_avgpool},
    SectionKind{"avg", {}, convert_avgpool},
    SectionKind{"upsample", kUpsampleKeys, convert_upsample},
};

}  // namespace

std::span<const SectionKind> resampling_sections() noexcept {
  return kResamplingSections;
}

}  // namespace yolofleet::darknet
