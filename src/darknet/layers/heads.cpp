#include <algorithm>
#include <array>
#include <numeric>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

using enum KeyRole;
namespace limits = graph::limits;

/// The keys of [yolo] and [Gaussian_yolo].
constexpr std::array kKeysOfBoth{
    Key{"classes"},
    Key{"num"},
    Key{"mask"},
    Key{"anchors"},
    Key{"scale_x_y"},
    Key{"nms_kind"},
    Key{"beta_nms"},
    Key{"max", kIgnored},
    Key{"max_delta", kIgnored},
    Key{"counters_per_class", kIgnored},
    Key{"label_smooth_eps", kIgnored},
    Key{"objectness_smooth", kIgnored},
    Key{"iou_normalizer", kIgnored},
    Key{"obj_normalizer", kIgnored},
    Key{"cls_normalizer", kIgnored},
    Key{"delta_normalizer", kIgnored},
    Key{"iou_loss", kIgnored},
    Key{"iou_thresh_kind", kIgnored},
    Key{"jitter", kIgnored},
    Key{"resize", kIgnored},
    Key{"ignore_thresh", kIgnored},
    Key{"truth_thresh", kIgnored},
    Key{"iou_thresh", kIgnored},
    Key{"random", kIgnored},
    Key{"map", kIgnored},
};

/// kKeysOfBoth, and some more.
template <std::size_t Count>
constexpr auto with_keys_of_both(const std::array<Key, Count>& more) {
  std::array<Key, kKeysOfBoth.size() + Count> all;
  std::copy(more.begin(), more.end(),
            std::copy(kKeysOfBoth.begin(), kKeysOfBoth.end(), all.begin()));
  return all;
}

constexpr auto kYoloKeys = with_keys_of_both(std::array{
    Key{"new_coords"},
    Key{"embedding_layer", kIgnored},
    Key{"show_details", kIgnored},
    Key{"focal_loss", kIgnored},
    Key{"track_history_size", kIgnored},
    Key{"sim_thresh", kIgnored},
    Key{"dets_for_track", kIgnored},
    Key{"dets_for_show", kIgnored},
    Key{"track_ciou_norm", kIgnored},
});

constexpr auto kGaussianYoloKeys = with_keys_of_both(std::array{
    Key{"yolo_point"},
    Key{"uc_normalizer", kIgnored},
});

constexpr std::array kRegionKeys{
    Key{"classes"},
    Key{"num"},
    Key{"anchors"},
    Key{"coords"},
    Key{"softmax"},
    Key{"tree"},
    Key{"classfix", kUnsupported},
    Key{"map", kIgnored},  // of a tree only
    Key{"max", kIgnored},
    Key{"log", kIgnored},
    Key{"sqrt", kIgnored},
    Key{"focal_loss", kIgnored},
    Key{"jitter", kIgnored},
    Key{"resize", kIgnored},
    Key{"rescore", kIgnored},
    Key{"thresh", kIgnored},
    Key{"absolute", kIgnored},
    Key{"random", kIgnored},
    Key{"coord_scale", kIgnored},
    Key{"object_scale", kIgnored},
    Key{"noobject_scale", kIgnored},
    Key{"mask_scale", kIgnored},
    Key{"class_scale", kIgnored},
    Key{"bias_match", kIgnored},
};

using graph::NmsKind;

constexpr float kMostScale = 100.0F;

// Darknet takes any other word for "default".
constexpr std::array kNmsKinds{
    Word<NmsKind>{"default", NmsKind::kDefault},
    Word<NmsKind>{"greedynms", NmsKind::kGreedy},
    Word<NmsKind>{"diounms", NmsKind::kDiou},
};

// "cornersnms" suppresses as the default does: src/box.c, diounms_sort.
constexpr std::array kGaussianNmsKinds{
    Word<NmsKind>{"default", NmsKind::kDefault},
    Word<NmsKind>{"greedynms", NmsKind::kGreedy},
    Word<NmsKind>{"diounms", NmsKind::kDiou},
    Word<NmsKind>{"cornersnms", NmsKind::kDefault},
};

constexpr std::array kPoints{
    Word<graph::YoloPoint>{"center", graph::YoloPoint::kCenter},
    Word<graph::YoloPoint>{"left_top", graph::YoloPoint::kLeftTop},
    Word<graph::YoloPoint>{"right_bottom", graph::YoloPoint::kRightBottom},
};

int read_num(OptionReader& reader) {
  return reader.integer("num", 1, {1, limits::kMaxAnchors});
}

std::vector<int> first(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<int> read_mask(OptionReader& reader) {
  const int num = read_num(reader);
  if (!reader.has("mask")) {
    return first(num);
  }
  std::vector<int> mask =
      reader.integers("mask", {0, limits::kMaxAnchors - 1}, limits::kMaxAnchors);
  const auto most = std::max_element(mask.begin(), mask.end());
  if (most != mask.end() && *most >= num) {
    // Darknet reads past its list here (its own cspx-p7-mish.cfg does this).
    reader.warn("mask", fmt::format("uses anchor {} (counted from 0), but num={}: the anchors "
                                    "listed are used",
                                    *most, num));
  }
  return mask;
}

std::vector<graph::Anchor> read_anchors(OptionReader& reader, std::span<const int> mask) {
  constexpr float kLeast = 1e-3F;
  constexpr float kMost = 1e6F;
  constexpr float kMissing = 0.5F;  // Darknet's make_yolo_layer, make_region_layer
  std::vector<float> sides =
      reader.numbers("anchors", {kLeast, kMost}, std::size_t{2} * limits::kMaxAnchors);
  const std::size_t given = sides.size();
  if (given % 2 != 0) {
    sides.push_back(kMissing);
  }
  const auto pairs = static_cast<int>(sides.size() / 2);
  std::vector<graph::Anchor> anchors;
  for (const int number : mask) {
    if (number >= pairs) {
      reader.refuse(
          ErrorCode::kMalformed, "anchors",
          fmt::format("{} pairs, but the head uses anchor {} (counted from 0)", pairs, number));
      return anchors;
    }
    const std::size_t at = 2 * static_cast<std::size_t>(number);
    anchors.push_back({sides[at], sides[at + 1]});
  }
  if (given % 2 != 0) {
    const bool is_used = std::find(mask.begin(), mask.end(), pairs - 1) != mask.end();
    reader.warn("anchors", fmt::format("{} numbers: the last one, {}, {}", given, sides[given - 1],
                                       is_used ? "is the width of an anchor without a height; 0.5 "
                                                 "is taken, as in Darknet"
                                               : "has no pair and is left out"));
  }
  return anchors;
}

/// Reads the keys that [yolo] and [Gaussian_yolo] share.
graph::Head read_head(OptionReader& reader, graph::HeadKind kind) {
  constexpr float kLeastScale = 1e-3F;
  graph::Head op;
  op.kind = kind;
  op.classes = reader.integer("classes", 20, {1, limits::kMaxClasses});
  op.mask = read_mask(reader);
  op.anchors = read_anchors(reader, op.mask);
  op.scale_x_y = reader.number("scale_x_y", 1.0F, {kLeastScale, kMostScale});
  op.nms.beta = reader.number("beta_nms", op.nms.beta, {0.0F, kMostScale});
  return op;
}

graph::Operation convert_yolo(OptionReader& reader) {
  graph::Head op = read_head(reader, graph::HeadKind::kYolo);
  op.new_coords = reader.flag("new_coords");
  op.nms.kind = reader.word("nms_kind", NmsKind::kDefault, kNmsKinds);
  return op;
}

graph::Operation convert_gaussian_yolo(OptionReader& reader) {
  graph::Head op = read_head(reader, graph::HeadKind::kGaussianYolo);
  op.point = reader.word("yolo_point", graph::YoloPoint::kCenter, kPoints);
  op.nms.kind = reader.word("nms_kind", NmsKind::kDefault, kGaussianNmsKinds);
  return op;
}

graph::Operation convert_region(OptionReader& reader) {
  constexpr int kCoords = 4;  // with others, Darknet's get_region_boxes reads the wrong numbers
  graph::Head op;
  op.kind = graph::HeadKind::kRegion;
  op.classes = reader.integer("classes", 20, {1, limits::kMaxClasses});
  if (reader.integer("coords", kCoords, {0, limits::kMaxChannels}) != kCoords) {
    reader.refuse(ErrorCode::kUnsupported, "coords", fmt::format("must be {}", kCoords));
  }
  op.mask = first(read_num(reader));
  op.anchors = read_anchors(reader, op.mask);
  op.softmax = reader.flag("softmax");
  op.class_tree = reader.has("tree");
  if (op.class_tree) {
    reader.warn("tree", "class trees aren't supported: the model can be inspected, not run");
  }
  return op;
}

constexpr std::array kHeadSections{
    SectionKind{"yolo", kYoloKeys, convert_yolo},
    SectionKind{"Gaussian_yolo", kGaussianYoloKeys, convert_gaussian_yolo},
    SectionKind{"region", kRegionKeys, convert_region},
};

}  // namespace

std::span<const SectionKind> head_sections() noexcept {
  return kHeadSections;
}

}  // namespace yolofleet::darknet
