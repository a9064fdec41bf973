#include "output/coco.hpp"

#include <fmt/format.h>

#include <utility>

#include "output/json_list.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr JsonListText kText{"[\n", ",\n", "\n]\n", "[]\n"};

class CocoSink final : public Sink {
 public:
  CocoSink(OutputFile file, ImageIdOf image_id, CategoryIds categories)
      : list_(std::move(file), kText),
        image_id_(std::move(image_id)),
        categories_(std::move(categories)) {}

  Result<void> write(Outcome& outcome) override {
    const std::string results = coco_results(outcome.result, image_id_(outcome), categories_);
    return results.empty() ? Result<void>() : list_.append(results);
  }

  Result<std::string> finish(Ending ending) override { return list_.finish(ending); }

 private:
  JsonList list_;
  ImageIdOf image_id_;
  CategoryIds categories_;
};

}  // namespace

std::string coco_results(const PictureResult& result, std::int64_t image_id,
                         const CategoryIds& categories) {
  std::string text;
  for (const Detection& found : result.detections) {
    const auto box = clip(found.box, result.width, result.height);
    if (!box || !categories.has(found.class_id)) {
      continue;
    }
    text += fmt::format(R"({}{{"image_id":{},"category_id":{},"bbox":[{},{},{},{}],"score":{}}})",
                        text.empty() ? "" : ",\n", image_id, categories[found.class_id],
                        json_number(box->x), json_number(box->y), json_number(box->width),
                        json_number(box->height), json_number(found.confidence));
  }
  return text;
}

Result<std::unique_ptr<Sink>> open_coco(const SinkContext& context) {
  const OutputOptions& options = context.options;
  if (options.coco.empty()) {
    return nullptr;
  }
  auto categories = options.coco_classes.empty()
                        ? CategoryIds::for_names(context.names)
                        : CategoryIds::load(options.coco_classes, context.names.size());
  if (!categories) {
    return tl::unexpected(std::move(categories.error()));
  }
  auto file = OutputFile::open(options.coco);
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  const ImageIds& ids = context.image_ids;
  return make_coco_sink(
      *std::move(file),
      [&ids](const Outcome& outcome) { return ids.id(outcome.entry, outcome.index); },
      *std::move(categories));
}

std::unique_ptr<Sink> make_coco_sink(OutputFile file, ImageIdOf image_id, CategoryIds categories) {
  return std::make_unique<CocoSink>(std::move(file), std::move(image_id), std::move(categories));
}

}  // namespace yolofleet::command
