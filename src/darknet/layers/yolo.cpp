#include <algorithm>
#include <numeric>

#include "darknet/layers/layers.hpp"
#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

namespace limits = graph::limits;
using graph::NmsKind;

// Darknet takes any other word for "default"; only its [Gaussian_yolo] knows "cornersnms".
constexpr std::array kNmsKinds{
    Word<NmsKind>{"default", NmsKind::kDefault},
    Word<NmsKind>{"greedynms", NmsKind::kGreedy},
    Word<NmsKind>{"diounms", NmsKind::kDiou},
};

std::vector<int> read_mask(OptionReader& reader) {
  const int num = reader.integer("num", 1, {1, limits::kMaxAnchors});
  if (reader.has("mask")) {
    std::vector<int> mask = reader.integers("mask", {0, limits::kMaxAnchors - 1});
    const auto most = std::max_element(mask.begin(), mask.end());
    if (most != mask.end() && *most >= num) {
      // Darknet reads past its list here (its own cspx-p7-mish.cfg does this).
      reader.warn("mask", fmt::format("uses anchor {} (counted from 0), but num={}: the anchors "
                                      "listed are used",
                                      *most, num));
    }
    return mask;
  }
  std::vector<int> all(static_cast<std::size_t>(num));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<graph::Anchor> read_anchors(OptionReader& reader, std::span<const int> mask) {
  constexpr float kLeast = 1e-3F;
  constexpr float kMost = 1e6F;
  const std::vector<float> sides = reader.numbers("anchors", {kLeast, kMost});
  if (sides.size() % 2 != 0) {
    reader.refuse(ErrorCode::kMalformed, "anchors",
                  fmt::format("{} numbers; must be pairs of width and height", sides.size()));
  }
  std::vector<graph::Anchor> anchors;
  for (const int number : mask) {
    const std::size_t at = 2 * static_cast<std::size_t>(number);
    if (at + 1 >= sides.size()) {
      reader.refuse(ErrorCode::kMalformed, "anchors",
                    fmt::format("{} pairs, but the head uses anchor {} (counted from 0)",
                                sides.size() / 2, number));
      break;
    }
    anchors.push_back({sides[at], sides[at + 1]});
  }
  return anchors;
}

}  // namespace

graph::Operation convert_yolo(OptionReader& reader) {
  constexpr float kMostScale = 100.0F;
  constexpr float kLeastScale = 1e-3F;
  graph::Yolo op;
  op.classes = reader.integer("classes", 20, {1, limits::kMaxClasses});
  op.mask = read_mask(reader);
  op.anchors = read_anchors(reader, op.mask);
  op.scale_x_y = reader.number("scale_x_y", 1.0F, {kLeastScale, kMostScale});
  op.new_coords = reader.flag("new_coords");
  op.nms.kind = reader.word("nms_kind", NmsKind::kDefault, kNmsKinds);
  op.nms.beta = reader.number("beta_nms", op.nms.beta, {0.0F, kMostScale});
  return op;
}

}  // namespace yolofleet::darknet
