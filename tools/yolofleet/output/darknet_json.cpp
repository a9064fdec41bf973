#include "output/darknet_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "output/json_list.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

// Darknet's, with its blanks.
constexpr JsonListText kDarknetListText{"[\n", ", \n", "\n]", "[\n\n]"};

class DarknetJsonSink final : public Sink {
 public:
  DarknetJsonSink(OutputFile file, std::span<const std::string> names)
      : list_(std::move(file), kDarknetListText), names_(names) {}

  Result<void> write(Outcome& outcome) override {
    return outcome.result.error ? Result<void>() : list_.append(darknet_json(outcome, names_));
  }

  Result<std::string> finish(Ending ending) override { return list_.finish(ending); }

 private:
  JsonList list_;
  std::span<const std::string> names_;
};

/// Six digits as from C's %f; null for infinity and NaN, which JSON can't express.
std::string number(float value) {
  return std::isfinite(value) ? fmt::format("{:.6f}", value) : "null";
}

std::string object(const Detection& found, const PictureResult& picture,
                   std::span<const std::string> names) {
  const auto width = static_cast<float>(picture.width);
  const auto height = static_cast<float>(picture.height);
  return fmt::format(
      R"(  {{"class_id":{}, "name":{}, "relative_coordinates":)"
      R"({{"center_x":{}, "center_y":{}, "width":{}, "height":{}}}, "confidence":{}}})",
      found.class_id, json_string(class_label(names, found.class_id)),
      number((found.box.x + found.box.width / 2) / width),
      number((found.box.y + found.box.height / 2) / height), number(found.box.width / width),
      number(found.box.height / height), number(found.confidence));
}

}  // namespace

std::string darknet_json(const Outcome& outcome, std::span<const std::string> names) {
  std::string objects;
  for (const Detection& found : outcome.result.detections) {
    objects += (objects.empty() ? "" : ", \n") + object(found, outcome.result, names);
  }
  return fmt::format("{{\n \"frame_id\":{}, \n \"filename\":{}, \n \"objects\": [ \n{}\n ] \n}}",
                     (outcome.entry.frame ? outcome.entry.frame->number : outcome.index) + 1,
                     json_string(outcome.entry.name), objects);
}

Result<std::unique_ptr<Sink>> open_darknet_json(const SinkContext& context) {
  if (context.options.darknet_json.empty()) {
    return nullptr;
  }
  auto file = OutputFile::open(context.options.darknet_json);
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  return std::make_unique<DarknetJsonSink>(*std::move(file), context.names);
}

}  // namespace yolofleet::command
