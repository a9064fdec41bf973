#include <array>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;
namespace limits = graph::limits;

constexpr std::array kMaxPoolKeys{Key{"stride"},
                                  Key{"stride_x"},
                                  Key{"stride_y"},
                                  Key{"size"},
                                  Key{"padding"},
                                  Key{"maxpool_depth", kUnsupported},
                                  Key{"out_channels", kIgnored},
                                  Key{"antialiasing"},
                                  Key{"maxpool_zero_nonmax", kUnsupported}};

constexpr std::array kUpsampleKeys{Key{"stride"}, Key{"scale"}};

graph::Operation convert_maxpool(OptionReader& reader) {
  graph::MaxPool op;
  const int stride = reader.integer("stride", 1, {1, limits::kMaxStride});
  op.stride_x = reader.integer("stride_x", stride, {1, limits::kMaxStride});
  op.stride_y = reader.integer("stride_y", stride, {1, limits::kMaxStride});
  op.size = reader.integer("size", stride, {1, limits::kMaxKernel});
  // With more, a window would see nothing but padding.
  op.padding = reader.integer("padding", op.size - 1, {0, 2 * (op.size - 1)});
  op.blur = reader.blur();
  return op;
}

graph::Operation convert_avgpool(OptionReader& /*no options*/) {
  return graph::AvgPool{};
}

graph::Operation convert_upsample(OptionReader& reader) {
  constexpr float kMostScale = 1e6F;
  graph::Upsample op;
  // Darknet's negative strides (sums over blocks) aren't supported.
  op.stride = reader.integer("stride", 2, {1, graph::limits::kMaxStride});
  op.scale = reader.number("scale", 1.0F, {-kMostScale, kMostScale});
  return op;
}

constexpr std::array kResamplingSections{
    SectionKind{"maxpool", kMaxPoolKeys, convert_maxpool},
    SectionKind{"max", kMaxPoolKeys, convert_maxpool},
    SectionKind{"avgpool", {}, convert_avgpool},
    SectionKind{"avg", {}, convert_avgpool},
    SectionKind{"upsample", kUpsampleKeys, convert_upsample},
};

}  // namespace

std::span<const SectionKind> resampling_sections() noexcept {
  return kResamplingSections;
}

}  // namespace yolofleet::darknet
