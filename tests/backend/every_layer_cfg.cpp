#include <array>
#include <string>
#include <string_view>

#include "backend/every_layer_model.hpp"

namespace yolofleet::backend {
namespace {

constexpr std::array<std::string_view, 19> kActivations{
    "linear", "logistic", "loggy", "relu",    "relu6", "elu",   "selu",  "gelu", "relie",    "ramp",
    "leaky",  "tanh",     "plse",  "hardtan", "lhtan", "stair", "swish", "mish", "hard_mish"};

/// Layers 0 to 2: both strides, groups, a dilation.
constexpr std::string_view kTrunk = R"([net]
width=96
height=64
channels=3

[convolutional]
batch_normalize=1
filters=16
size=3
stride_x=2
stride_y=1
pad=1
activation=leaky

[convolutional]
batch_normalize=1
filters=24
size=5
stride_x=1
stride_y=2
padding=2
groups=8
activation=mish

[convolutional]
filters=24
size=3
pad=1
dilation=2
groups=2
activation=linear
)";

/// Layers 43 to 61, given that 2 is the trunk: windows of even and odd sizes, all kinds of sums.
constexpr std::string_view kPoolsAndSums = R"(
[route]
layers=2

[maxpool]
size=2
stride=2

[maxpool]
size=3
stride=1

[maxpool]
size=2
stride=1

[convolutional]
batch_normalize=1
filters=20
size=3
pad=1
activation=swish

[maxpool]
size=3
stride_x=2
stride_y=1

[maxpool]
size=4
stride_x=1
stride_y=2

[convolutional]
filters=16
size=1
activation=mish

[convolutional]
filters=12
size=3
pad=1
activation=leaky

[convolutional]
filters=20
size=1
activation=linear

[convolutional]
filters=16
size=3
pad=1
activation=linear

[shortcut]
from=50,51,52
activation=leaky

[shortcut]
from=50,51
weights_type=per_feature
weights_normalization=relu
activation=mish

[shortcut]
from=54,52
weights_type=per_channel
weights_normalization=relu
activation=swish

[shortcut]
from=53,52
weights_type=per_feature
weights_normalization=softmax
activation=linear

[shortcut]
from=56,51
weights_type=per_channel
weights_normalization=softmax
activation=elu

[route]
layers=55,58
groups=2
group_id=1

[convolutional]
filters=14
size=1
activation=linear

[yolo]
mask=1,2
anchors=8,8,16,24,40,32
num=3
classes=2
scale_x_y=1.05
nms_kind=greedynms
)";

/// Layers 62 to 80.
constexpr std::string_view kProductsAndHeads = R"(
[route]
layers=57

[avgpool]

[convolutional]
filters=8
size=1
activation=relu6

[convolutional]
filters=16
size=1
activation=logistic

[scale_channels]
from=57
activation=selu

[convolutional]
filters=1
size=1
activation=logistic

[scale_channels]
from=66
scale_wh=1
activation=gelu

[convolutional]
filters=16
size=1
activation=logistic

[sam]
from=68
activation=tanh

[dropout]
probability=.5

[upsample]
stride=2
scale=0.75

[route]
layers=72,47

[convolutional]
filters=18
size=1
activation=logistic

[yolo]
mask=0,1,2
anchors=8,8,16,24,40,32
num=3
classes=1
new_coords=1
scale_x_y=2.0
nms_kind=diounms
beta_nms=0.7

[route]
layers=70

[upsample]
stride=4

[route]
layers=77,1

[convolutional]
filters=12
size=1
activation=linear

[yolo]
mask=0,2
anchors=8,8,16,24,40,32
num=3
classes=1
)";

/// Layers 81 to 95: blurs, reorg, and the other kinds of heads.
constexpr std::string_view kBlursAndOtherHeads = R"(
[route]
layers=2

[convolutional]
batch_normalize=1
filters=16
size=3
stride=2
pad=1
antialiasing=1
activation=mish

[reorg3d]
stride=2

[upsample]
stride=2
scale=1.5

[convolutional]
filters=20
size=1
activation=linear

[Gaussian_yolo]
mask=0,1
anchors=8,8,16,24
num=2
classes=1
scale_x_y=1.1
yolo_point=left_top

[route]
layers=2

[maxpool]
size=2
stride_x=2
stride_y=1
antialiasing=2

[convolutional]
filters=16
size=3
pad=1
activation=linear

[convolutional]
filters=14
size=1
activation=linear

[region]
anchors=0.5,0.6,1.2,0.9
num=2
classes=2
coords=4
softmax=1

[route]
layers=82

[reorg]
stride=2

[convolutional]
filters=16
size=1
activation=linear

[region]
anchors=0.7,0.4,1.1,1.6
num=2
classes=3
coords=4
)";

/// Layers 96 to 106: shared weights, one set in three convolutions; pools with other paddings and
/// with a rest; an embedding.
constexpr std::string_view kSharedAndRarePools = R"(
[route]
layers=2
[convolutional]
batch_normalize=1
filters=24
size=3
pad=1
groups=2
activation=leaky
[convolutional]
share_index=97
batch_normalize=1
filters=24
size=3
pad=1
dilation=3
groups=2
activation=mish
[convolutional]
share_index=-1
filters=24
size=3
stride=2
groups=2
activation=linear
[local_avgpool]
size=3
stride_x=4
stride_y=1
padding=3
[maxpool]
maxpool_depth=1
out_channels=10
[convolutional]
filters=16
activation=mish
[convolutional]
filters=12
activation=linear
[yolo]
mask=0,2
anchors=8,8,16,24,40,32
num=3
classes=1
embedding_layer=-3
[route]
layers=101
[contrastive]
classes=2
yolo_layer=-2
)";

/// Layers 3 to 42: a convolution of the trunk for each activation, joined, and a head of two
/// anchors for it.
std::string activations_side_by_side() {
  std::string text;
  std::string joined;
  int index = 3;
  for (const std::string_view word : kActivations) {
    text.append("\n[route]\nlayers=2\n\n[convolutional]\nfilters=4\nsize=1\nactivation=")
        .append(word)
        .append("\n");
    joined.append(index == 3 ? "" : ",").append(std::to_string(index + 1));
    index += 2;
  }
  const std::size_t classes = kActivations.size() * 4 / 2 - 5;
  text.append("\n[route]\nlayers=").append(joined);
  text.append("\n\n[yolo]\nmask=0,1\nanchors=8,8,16,24,40,32\nnum=3\nclasses=");
  return text.append(std::to_string(classes)).append("\n");
}

}  // namespace

std::string every_layer_cfg() {
  std::string text{kTrunk};
  text += activations_side_by_side();
  text.append(kPoolsAndSums).append(kProductsAndHeads).append(kBlursAndOtherHeads);
  text += kSharedAndRarePools;
  return text;
}

}  // namespace yolofleet::backend
