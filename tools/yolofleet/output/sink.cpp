#include "output/sink.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace yolofleet::command {
namespace {

using Open = Result<std::unique_ptr<Sink>> (*)(const SinkContext& context);

// Each picture goes to the sinks in this order; the sink that draws on the picture comes last.
constexpr std::array<Open, 7> kSinks{open_jsonl,        open_table,    open_darknet_text, open_coco,
                                     open_darknet_json, open_yolo_txt, open_annotated};

}  // namespace

Result<std::vector<std::unique_ptr<Sink>>> open_sinks(const SinkContext& context) {
  std::vector<std::unique_ptr<Sink>> sinks;
  for (const Open open : kSinks) {
    auto sink = open(context);
    if (!sink) {
      return tl::unexpected(std::move(sink.error()));
    }
    if (*sink) {
      sinks.push_back(std::move(*sink));
    }
  }
  return sinks;
}

std::string class_label(std::span<const std::string> names, int class_id) {
  const auto index = static_cast<std::size_t>(class_id);
  return index < names.size() ? names[index] : std::to_string(class_id);
}

std::optional<Box> clip(const Box& box, int width, int height) {
  const auto right_edge = static_cast<float>(width);
  const auto bottom_edge = static_cast<float>(height);
  const float left = std::clamp(box.x, 0.0F, right_edge);
  const float top = std::clamp(box.y, 0.0F, bottom_edge);
  const float right = std::clamp(box.x + box.width, 0.0F, right_edge);
  const float bottom = std::clamp(box.y + box.height, 0.0F, bottom_edge);
  // Written so that a box with NaN has no area either.
  if (!(right > left && bottom > top)) {
    return std::nullopt;
  }
  return Box{left, top, right - left, bottom - top};
}

}  // namespace yolofleet::command
