#include "detect/coco_counts.hpp"

#include <fmt/format.h>

namespace yolofleet::command {

void CocoCounts::count(const Entry& entry, const ImageIds& image_ids) {
  const bool listed = image_ids.listed(entry).has_value();
  ++pictures_;
  unlisted_ += listed ? 0U : 1U;
  indexed_ += listed || ImageIds::number_of(entry) ? 0U : 1U;
}

std::vector<std::string> CocoCounts::notices(const OutputOptions& options) const {
  std::vector<std::string> lines;
  if (unlisted_ > 0 && !options.coco_images.empty()) {
    lines.push_back(fmt::format(
        "{}: doesn't list {} of the {} pictures; their COCO image_id is the number that ends their "
        "file name, or their index",
        options.coco_images.string(), unlisted_, pictures_));
  }
  if (indexed_ > 0) {
    lines.push_back(fmt::format(
        "--coco: no number ends the file name of {} of the {} pictures (as in 139.jpg or "
        "val_139.jpg); their image_id is their index, from 0; --coco-images JSON can give each "
        "picture its own",
        indexed_, pictures_));
  }
  return lines;
}

}  // namespace yolofleet::command
