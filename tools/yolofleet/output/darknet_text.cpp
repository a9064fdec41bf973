#include "output/darknet_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include "output/output_file.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

/// Darknet prints it before it reads the name of a picture from standard input.
constexpr std::string_view kPrompt = "Enter Image Path: ";

constexpr std::array<std::pair<std::string_view, int>, 3> kHeadTypes{{
    {"region", 27},
    {"yolo", 28},
    {"Gaussian_yolo", 29},
}};

class DarknetTextSink final : public Sink {
 public:
  DarknetTextSink(OutputFile file, const SinkContext& context)
      : file_(std::move(file)),
        names_(context.names),
        heads_(darknet_heads(context.layers)),
        prompt_(context.one_picture ? "" : kPrompt) {}

  Result<void> write(Outcome& outcome) override {
    if (outcome.result.error) {
      return {};
    }
    return file_.append(prompt_ + heads_ + darknet_text(outcome, names_));
  }

  Result<std::string> finish(Ending ending) override {
    // Darknet asks for one more picture before it sees that there is none.
    if (ending == Ending::kComplete && !prompt_.empty()) {
      if (auto appended = file_.append(prompt_); !appended) {
        return tl::unexpected(std::move(appended.error()));
      }
    }
    return file_.commit().map([] { return std::string(); });
  }

 private:
  OutputFile file_;
  std::span<const std::string> names_;
  std::string heads_;
  std::string prompt_;
};

/// Something to sort by: NaN has no order.
float sortable(float value) {
  return std::isnan(value) ? std::numeric_limits<float>::infinity() : value;
}

auto box_of(const Detection& found) {
  return std::tuple(sortable(found.box.x), sortable(found.box.y), sortable(found.box.width),
                    sortable(found.box.height));
}

/// From left to right. Darknet has one box with the confidences of all classes, of which it prints
/// the best first and the others in the order of their numbers.
std::vector<Detection> in_darknets_order(std::vector<Detection> detections) {
  std::sort(detections.begin(), detections.end(), [](const Detection& a, const Detection& b) {
    return std::tuple(box_of(a), -sortable(a.confidence), a.class_id) <
           std::tuple(box_of(b), -sortable(b.confidence), b.class_id);
  });
  for (auto best = detections.begin(); best != detections.end();) {
    const auto next = std::find_if(best, detections.end(), [&](const Detection& found) {
      return box_of(found) != box_of(*best);
    });
    std::sort(best + 1, next,
              [](const Detection& a, const Detection& b) { return a.class_id < b.class_id; });
    best = next;
  }
  return detections;
}

}  // namespace

std::string darknet_heads(std::span<const LayerInfo> layers) {
  std::string lines;
  for (const LayerInfo& layer : layers) {
    const auto* const head =
        std::find_if(kHeadTypes.begin(), kHeadTypes.end(),
                     [&](const auto& type) { return type.first == layer.kind; });
    if (head != kHeadTypes.end()) {
      lines += fmt::format(" Detection layer: {} - type = {} \n", layer.index, head->second);
    }
  }
  return lines;
}

std::string darknet_text(const Outcome& outcome, std::span<const std::string> names) {
  std::string text = fmt::format("{}: Predicted in {:.6f} milli-seconds.\n",
                                 printable(shown_name(outcome.entry)), outcome.seconds * 1e3);
  for (const auto& [box, class_id, confidence] : in_darknets_order(outcome.result.detections)) {
    text += fmt::format(
        "{}: {:.0f}%\t(left_x: {:4.0f}   top_y: {:4.0f}   width: {:4.0f}   height: {:4.0f})\n",
        printable(class_label(names, class_id)), confidence * 100.0F, std::round(box.x),
        std::round(box.y), std::round(box.width), std::round(box.height));
  }
  return text;
}

Result<std::unique_ptr<Sink>> open_darknet_text(const SinkContext& context) {
  if (!context.options.darknet) {
    return nullptr;
  }
  auto file = OutputFile::open("-");
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  return std::make_unique<DarknetTextSink>(*std::move(file), context);
}

}  // namespace yolofleet::command
