#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "output/coco_ids.hpp"
#include "output/output_file.hpp"
#include "output/sink.hpp"

namespace yolofleet::command {

/// COCO result objects of a picture, separated by ",\n": {"image_id", "category_id",
/// "bbox": [x, y, width, height], "score"}. Boxes are in pixels and clipped to the picture; one
/// that lies outside of it is left out, and so is one of a class without a category.
std::string coco_results(const PictureResult& result, std::int64_t image_id,
                         const CategoryIds& categories);

/// The image_id of an outcome's picture.
using ImageIdOf = std::function<std::int64_t(const Outcome& outcome)>;

/// Writes results as a JSON list.
std::unique_ptr<Sink> make_coco_sink(OutputFile file, ImageIdOf image_id, CategoryIds categories);

}  // namespace yolofleet::command
