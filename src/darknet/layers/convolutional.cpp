#include <algorithm>
#include <array>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;
namespace limits = graph::limits;

constexpr std::array kConvolutionalKeys{
    Key{"filters"},
    Key{"size"},
    Key{"stride"},
    Key{"stride_x"},
    Key{"stride_y"},
    Key{"dilation"},
    Key{"pad"},
    Key{"padding"},
    Key{"groups"},
    Key{"activation"},
    Key{"batch_normalize"},
    Key{"cbn"},
    Key{"antialiasing"},
    Key{"share_index"},
    Key{"binary", kUnsupported},
    Key{"xnor", kUnsupported},
    Key{"sway", kUnsupported},
    Key{"rotate", kUnsupported},
    Key{"stretch", kUnsupported},
    Key{"stretch_sway", kUnsupported},
    Key{"flipped", kUnsupported},
    Key{"coordconv", kUnsupported},
    Key{"assisted_excitation", kIgnored},
    Key{"bin_output", kIgnored},
    Key{"dot", kIgnored},
    Key{"angle", kIgnored},
    Key{"grad_centr", kIgnored},
    Key{"reverse", kIgnored},
    Key{"stream", kIgnored},
    Key{"wait_stream", kIgnored},
};

graph::Operation convert_convolutional(OptionReader& reader) {
  graph::Convolution op;
  op.filters = reader.integer("filters", 1, {1, limits::kMaxChannels});
  // Darknet takes any value under 1 for 1.
  op.groups = std::max(1, reader.integer("groups", 1, {-1, limits::kMaxChannels}));
  op.size = reader.integer("size", 1, {1, limits::kMaxKernel});

  const int stride = reader.integer("stride", 1, {1, limits::kMaxStride});
  const int stride_x = reader.integer("stride_x", -1, {-1, limits::kMaxStride});
  const int stride_y = reader.integer("stride_y", -1, {-1, limits::kMaxStride});
  op.stride_x = stride_x < 1 ? stride : stride_x;
  op.stride_y = stride_y < 1 ? stride : stride_y;

  const int dilation = reader.integer("dilation", 1, {1, limits::kMaxKernel});
  const int padding = reader.integer("padding", 0, {0, limits::kMaxKernel});
  const int padded = reader.flag("pad") ? op.size / 2 : padding;
  if (op.size > 1 && dilation > 1) {
    // Darknet sizes the output as if there were no dilation, and pads padding * dilation: the two
    // agree only for a kernel that keeps the size.
    if (2 * padded != op.size - 1) {
      reader.refuse(ErrorCode::kUnsupported, "dilation",
                    fmt::format("needs a padding of (size - 1) / 2, but size is {} and padding {}",
                                op.size, padded));
    }
    op.dilation = dilation;
  }
  op.padding = padded * op.dilation;
  op.batch_normalize = reader.flag("batch_normalize");
  op.batch_normalize = reader.flag("cbn") || op.batch_normalize;
  op.blur = reader.blur();
  op.activation = reader.activation(graph::Activation::kLogistic);
  if (reader.has("share_index")) {
    op.share_index = reader.earlier_layer("share_index");
  }
  return op;
}

constexpr std::array kConvolutionSections{
    SectionKind{"convolutional", kConvolutionalKeys, convert_convolutional},
    SectionKind{"conv", kConvolutionalKeys, convert_convolutional},
};

}  // namespace

std::span<const SectionKind> convolution_sections() noexcept {
  return kConvolutionSections;
}

}  // namespace yolofleet::darknet
