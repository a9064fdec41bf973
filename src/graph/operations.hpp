#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/activation.hpp"
#include "graph/blur.hpp"
#include "graph/shape.hpp"
#include "yolofleet/error.hpp"

/// The operations of a network, each with its rules, which are defined in graph/layers/. Each
/// operation has
///   - `kSection`, or `section_of`: the name of its section in a cfg
///   - `infer_facts`: the shape of its output, its parameters and FLOPs, from the shapes of its
///     inputs. Formulas: Darknet, the make_*_layer functions. Errors: as `infer` (shapes.hpp)
///   - `hash_fields`: puts all its fields into the hash of a network
/// and may have
///   - `notes_of`: its options for the layer table; else none
///   - `layers_read`: the layers that it reads; else the layer before it
///   - `sized_by`: the layer that its height and width come from; else the first that it reads
///   - `stride_after`: the stride of its output from that of its input; else the same stride
namespace yolofleet::graph {

struct LayerFacts;
struct StridePair;
class Hasher;
using Shapes = std::span<const Shape>;

/// Weights of a convolution, as in the weights file. Kernel layout: filters, channels / groups,
/// height, width (row-major).
struct ConvolutionWeights {
  std::vector<float> kernel;
  std::vector<float> bias;  ///< one for each filter
  // Batch normalisation: empty if there is none, and after `fold_batch_normalization`.
  std::vector<float> scale;
  std::vector<float> mean;
  std::vector<float> variance;
};

struct Convolution {
  static constexpr std::string_view kSection = "convolutional";

  int filters = 1;
  int size = 1;  ///< the kernel is size x size
  int stride_x = 1;
  int stride_y = 1;
  int dilation = 1;
  int padding = 0;  ///< on all four sides
  int groups = 1;
  Blur blur{};  ///< after the activation; a blur takes over the strides
  bool batch_normalize =
      false;  ///< the weights file has it; folded into kernel and bias after loading
  Activation activation = Activation::kLogistic;
  /// Absolute index of the convolution whose weights it uses, normalisation included; that one has
  /// weights of its own, and this one none. Empty: its own weights.
  std::optional<int> share_index{};
  ConvolutionWeights weights;
};
Result<LayerFacts> infer_facts(const Convolution& op, Shapes inputs);
std::string notes_of(const Convolution& op);
StridePair stride_after(const Convolution& op, StridePair in);
void hash_fields(Hasher& hasher, const Convolution& op);

/// Concatenates its inputs along channels. With groups > 1, it first takes part `group_id` of the
/// `groups` equal parts of each input's channels.
struct Route {
  static constexpr std::string_view kSection = "route";

  std::vector<int> layers;  ///< absolute indices
  int groups = 1;
  int group_id = 0;
};
std::vector<int> layers_read(const Route& op, int before);
Result<LayerFacts> infer_facts(const Route& op, Shapes inputs);
std::string notes_of(const Route& op);
void hash_fields(Hasher& hasher, const Route& op);

enum class ShortcutWeights { kNone, kPerFeature, kPerChannel };
enum class WeightsNormalization { kNone, kRelu, kSoftmax };

/// Adds the outputs of the layers `from` to the previous layer's output. The output has the
/// previous layer's shape; where numbers of channels differ, only the channels that both have are
/// added.
struct Shortcut {
  static constexpr std::string_view kSection = "shortcut";

  std::vector<int> from;  ///< absolute indices
  Activation activation = Activation::kLinear;
  ShortcutWeights weights_type = ShortcutWeights::kNone;
  WeightsNormalization normalization = WeightsNormalization::kNone;
  std::vector<float> weights;  ///< 1 + from.size() rows of 1 or `channels` values
};
std::vector<int> layers_read(const Shortcut& op, int before);
Result<LayerFacts> infer_facts(const Shortcut& op, Shapes inputs);
std::string notes_of(const Shortcut& op);
void hash_fields(Hasher& hasher, const Shortcut& op);

/// The maximum over windows of size x size; padding counts as minus infinity. As in Darknet,
/// `padding` is the sum of both sides: floor(padding / 2) is at the top and left.
struct MaxPool {
  static constexpr std::string_view kSection = "maxpool";

  int size = 2;
  int stride_x = 2;
  int stride_y = 2;
  int padding = 1;
  Blur blur{};  ///< takes over the strides
};
Result<LayerFacts> infer_facts(const MaxPool& op, Shapes inputs);
std::string notes_of(const MaxPool& op);
StridePair stride_after(const MaxPool& op, StridePair in);
void hash_fields(Hasher& hasher, const MaxPool& op);

/// Output channel k is the maximum of the input channels k, k + out_channels, k + 2 out_channels
/// ... at the same position. Darknet: [maxpool] with maxpool_depth, forward_maxpool_layer
/// (src/maxpool_layer.c).
struct DepthMaxPool {
  static constexpr std::string_view kSection = "maxpool";

  int out_channels = 1;  ///< at most those of the input
};
Result<LayerFacts> infer_facts(const DepthMaxPool& op, Shapes inputs);
std::string notes_of(const DepthMaxPool& op);
/// The number of blocks of `out_channels` that hold `channels` channels; the last may be
/// incomplete.
int blocks_of(const DepthMaxPool& op, int channels) noexcept;
void hash_fields(Hasher& hasher, const DepthMaxPool& op);

/// The mean over windows of size x size: of the positions inside the input only, so a window at the
/// edge divides by fewer. `padding` as in MaxPool. Darknet: forward_local_avgpool_layer
/// (src/maxpool_layer.c).
struct LocalAvgPool {
  static constexpr std::string_view kSection = "local_avgpool";

  int size = 2;
  int stride_x = 2;
  int stride_y = 2;
  int padding = 1;
};
Result<LayerFacts> infer_facts(const LocalAvgPool& op, Shapes inputs);
std::string notes_of(const LocalAvgPool& op);
StridePair stride_after(const LocalAvgPool& op, StridePair in);
void hash_fields(Hasher& hasher, const LocalAvgPool& op);

/// The mean over height and width: channels x 1 x 1.
struct AvgPool {
  static constexpr std::string_view kSection = "avgpool";
};
Result<LayerFacts> infer_facts(const AvgPool& op, Shapes inputs);
StridePair stride_after(const AvgPool& op, StridePair in);
void hash_fields(Hasher& hasher, const AvgPool& op);

/// Repeats each element stride x stride times and multiplies it by `scale`.
struct Upsample {
  static constexpr std::string_view kSection = "upsample";

  int stride = 2;
  float scale = 1.0F;
};
Result<LayerFacts> infer_facts(const Upsample& op, Shapes inputs);
std::string notes_of(const Upsample& op);
StridePair stride_after(const Upsample& op, StridePair in);
void hash_fields(Hasher& hasher, const Upsample& op);

/// Multiplies layer `from` (c x h x w) by the previous layer. The previous layer is c x 1 x 1, a
/// factor for each channel, or with `scale_wh` 1 x h x w, a factor for each position.
struct ScaleChannels {
  static constexpr std::string_view kSection = "scale_channels";

  int from = 0;  ///< absolute index
  bool scale_wh = false;
  Activation activation = Activation::kLinear;
};
std::vector<int> layers_read(const ScaleChannels& op, int before);
int sized_by(const ScaleChannels& op);
Result<LayerFacts> infer_facts(const ScaleChannels& op, Shapes inputs);
std::string notes_of(const ScaleChannels& op);
void hash_fields(Hasher& hasher, const ScaleChannels& op);

/// Multiplies the previous layer by layer `from`, element by element.
struct Sam {
  static constexpr std::string_view kSection = "sam";

  int from = 0;  ///< absolute index
  Activation activation = Activation::kLinear;
};
std::vector<int> layers_read(const Sam& op, int before);
Result<LayerFacts> infer_facts(const Sam& op, Shapes inputs);
std::string notes_of(const Sam& op);
void hash_fields(Hasher& hasher, const Sam& op);

/// Moves each block of stride x stride positions to channels: (c, h, w) becomes (c stride^2,
/// h / stride, w / stride). Darknet: reorg_cpu (src/blas.c), as its two layers call it.
///
/// [reorg3d]: channel k, row j, column i of the output is channel k mod c, row j stride + d /
/// stride, column i stride + d mod stride of the input, where d = k / c.
///
/// [reorg] (Darknet's reorg_old) interprets its input as (c / stride^2, h stride, w stride), does
/// the same, which gives (c, h, w), and interprets that as its output's shape.
struct Reorg {
  int stride = 1;
  bool old = false;  ///< [reorg]; else [reorg3d]
};
std::string_view section_of(const Reorg& op);
Result<LayerFacts> infer_facts(const Reorg& op, Shapes inputs);
std::string notes_of(const Reorg& op);
StridePair stride_after(const Reorg& op, StridePair in);
void hash_fields(Hasher& hasher, const Reorg& op);

/// Does nothing at inference.
struct Dropout {
  static constexpr std::string_view kSection = "dropout";
};
Result<LayerFacts> infer_facts(const Dropout& op, Shapes inputs);
void hash_fields(Hasher& hasher, const Dropout& op);

/// A loss, which only training computes. No layer may read it.
struct Contrastive {
  static constexpr std::string_view kSection = "contrastive";
};
Result<LayerFacts> infer_facts(const Contrastive& op, Shapes inputs);
void hash_fields(Hasher& hasher, const Contrastive& op);

enum class NmsKind { kDefault, kGreedy, kDiou };

/// The rule of non-maximum suppression that a head's section asks for.
struct NmsRule {
  NmsKind kind = NmsKind::kDefault;
  float beta = 0.6F;  ///< of kGreedy and kDiou

  friend bool operator==(const NmsRule&, const NmsRule&) = default;
};

/// Width and height of an anchor: in pixels of the network's input; in cells for kRegion.
using Anchor = std::array<float, 2>;

enum class HeadKind { kYolo, kGaussianYolo, kRegion };

/// The point of a kGaussianYolo box that its x and y describe.
enum class YoloPoint { kCenter, kLeftTop, kRightBottom };

/// A head. Its input has anchors.size() x numbers_per_anchor(head) channels. Its output as a layer
/// is its input, unchanged; ops/yolo_boxes turns it into boxes.
struct Head {
  HeadKind kind = HeadKind::kYolo;
  std::vector<Anchor> anchors;  ///< those that `mask` selects, in its order
  std::vector<int> mask;        ///< indices into the cfg's list of anchors
  int classes = 0;
  float scale_x_y = 1.0F;                ///< not for kRegion
  bool new_coords = false;               ///< kYolo only
  YoloPoint point = YoloPoint::kCenter;  ///< kGaussianYolo only
  bool softmax = false;                  ///< kRegion only: over an anchor's classes
  bool class_tree = false;               ///< kRegion only; not supported: such a head can't run
  NmsRule nms;
};
std::string_view section_of(const Head& op);
Result<LayerFacts> infer_facts(const Head& op, Shapes inputs);
std::string notes_of(const Head& op);
void hash_fields(Hasher& hasher, const Head& op);

/// The number of channels for each anchor: x, y, width, height, objectness and the classes;
/// kGaussianYolo also has a deviation for each of the first four.
int numbers_per_anchor(const Head& head) noexcept;

using Operation =
    std::variant<Convolution, Route, Shortcut, MaxPool, DepthMaxPool, LocalAvgPool, AvgPool,
                 Upsample, Reorg, ScaleChannels, Sam, Dropout, Contrastive, Head>;

/// The name of the operation's section in a cfg: "convolutional", "yolo" ...
std::string_view kind_of(const Operation& operation);
/// The operation's options for the layer table: "64 3x3/2 mish", "layers 3,-1", "mask 0,1,2".
std::string describe(const Operation& operation);

}  // namespace yolofleet::graph
