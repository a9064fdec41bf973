#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/activation.hpp"
#include "graph/blur.hpp"

namespace yolofleet::graph {

/// Weights of a convolution, as in the weights file. Kernel layout: filters, channels / groups,
/// height, width (row-major).
struct ConvolutionWeights {
  std::vector<float> kernel;
  std::vector<float> bias;  ///< one a filter
  // Batch normalisation; empty without it, and after `fold_batch_normalization`.
  std::vector<float> scale;
  std::vector<float> mean;
  std::vector<float> variance;
};

struct Convolution {
  int filters = 1;
  int size = 1;  ///< the kernel is size x size
  int stride_x = 1;
  int stride_y = 1;
  int dilation = 1;
  int padding = 0;  ///< on all four sides
  int groups = 1;
  Blur blur{};                   ///< behind the activation; has the strides if there is one
  bool batch_normalize = false;  ///< in the weights file; folded into kernel and bias after loading
  Activation activation = Activation::kLogistic;
  ConvolutionWeights weights;
};

/// Concatenates along channels; then, with groups > 1, keeps part `group_id` of `groups` of each
/// input.
struct Route {
  std::vector<int> layers;  ///< absolute indices
  int groups = 1;
  int group_id = 0;
};

enum class ShortcutWeights { kNone, kPerFeature, kPerChannel };
enum class WeightsNormalization { kNone, kRelu, kSoftmax };

/// Adds the outputs of `from` to the previous layer's, over the channels that both have; the
/// output has the previous layer's shape.
struct Shortcut {
  std::vector<int> from;  ///< absolute indices
  Activation activation = Activation::kLinear;
  ShortcutWeights weights_type = ShortcutWeights::kNone;
  WeightsNormalization normalization = WeightsNormalization::kNone;
  std::vector<float> weights;  ///< 1 + from.size() rows of 1 or `channels` values
};

/// Maximum over size x size; outside the input counts as minus infinity. Darknet's `padding` is
/// the total of both sides: floor(padding / 2) of it is at the top and left.
struct MaxPool {
  int size = 2;
  int stride_x = 2;
  int stride_y = 2;
  int padding = 1;
  Blur blur{};  ///< has the strides if there is one
};

/// The mean over height and width: channels x 1 x 1.
struct AvgPool {};

/// Repeats each element stride x stride times, times `scale`.
struct Upsample {
  int stride = 2;
  float scale = 1.0F;
};

/// Multiplies layer `from` (c x h x w) by the previous layer: by its c x 1 x 1, each value for a
/// whole channel; with `scale_wh`, by its 1 x h x w.
struct ScaleChannels {
  int from = 0;  ///< absolute index
  bool scale_wh = false;
  Activation activation = Activation::kLinear;
};

/// Multiplies the previous layer by layer `from`, element by element.
struct Sam {
  int from = 0;  ///< absolute index
  Activation activation = Activation::kLinear;
};

/// What is in a cell of stride x stride goes to as many channels: (c, h, w) becomes (c stride^2,
/// h / stride, w / stride). Darknet: reorg_cpu (src/blas.c), as its two layers call it. Of the cell
/// in row j and column i of the output, channel k of [reorg3d] has channel k mod c, row j stride +
/// d / stride and column i stride + d mod stride of the input, where d = k / c. [reorg] (Darknet's
/// reorg_old) does the same to its input read as (c / stride^2, h stride, w stride), and what comes
/// out of that, (c, h, w), is read as its output.
struct Reorg {
  int stride = 1;
  bool old = false;  ///< [reorg]; else [reorg3d]
};

/// Does nothing at inference.
struct Dropout {};

enum class NmsKind { kDefault, kGreedy, kDiou };

/// How a head suppresses, from its cfg.
struct NmsRule {
  NmsKind kind = NmsKind::kDefault;
  float beta = 0.6F;  ///< of kGreedy and kDiou

  friend bool operator==(const NmsRule&, const NmsRule&) = default;
};

/// Width and height of an anchor: in pixels of the network's input, of kRegion in cells.
using Anchor = std::array<float, 2>;

enum class HeadKind { kYolo, kGaussianYolo, kRegion };

/// The point of a kGaussianYolo box that its x and y are of.
enum class YoloPoint { kCenter, kLeftTop, kRightBottom };

/// A head: its input is anchors.size() x numbers_per_anchor(head) channels. It passes its input on
/// unchanged; ops/yolo_boxes makes boxes of it.
struct Head {
  HeadKind kind = HeadKind::kYolo;
  std::vector<Anchor> anchors;  ///< those picked by `mask`, in its order
  std::vector<int> mask;        ///< their numbers in the cfg's list
  int classes = 0;
  float scale_x_y = 1.0F;                ///< not of kRegion
  bool new_coords = false;               ///< of kYolo
  YoloPoint point = YoloPoint::kCenter;  ///< of kGaussianYolo
  bool softmax = false;                  ///< of kRegion: over an anchor's classes
  bool class_tree = false;               ///< of kRegion: needs a file that isn't read; can't be run
  NmsRule nms;
};

/// x, y, width, height, objectness and the classes; kGaussianYolo has a deviation beside each of
/// the first four.
int numbers_per_anchor(const Head& head) noexcept;

using Operation = std::variant<Convolution, Route, Shortcut, MaxPool, AvgPool, Upsample, Reorg,
                               ScaleChannels, Sam, Dropout, Head>;

/// The cfg's section: "convolutional", "yolo" ...
std::string_view kind_of(const Operation& operation);
/// What the layer table says beside the shapes: "64 3x3/2 mish", "layers 3,-1", "mask 0,1,2".
std::string describe(const Operation& operation);

}  // namespace yolofleet::graph
