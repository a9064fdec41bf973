#pragma once

#include <cstdint>
#include <string>

#include "output/coco_ids.hpp"
#include "output/sink.hpp"

namespace yolofleet::command {

/// COCO result objects of a picture, separated by ",\n": {"image_id", "category_id",
/// "bbox": [x, y, width, height], "score"}. Boxes are in pixels and clipped to the picture; one
/// that lies outside of it is left out.
std::string coco_results(const PictureResult& result, std::int64_t image_id,
                         const CategoryIds& categories);

}  // namespace yolofleet::command
