#include "detect/coco_counts.hpp"

#include <fmt/format.h>

namespace yolofleet::command {

void CocoCounts::count(const Entry& entry, const ImageIds& image_ids) {
  const bool listed = image_ids.listed(entry).has_value();
  ++pictures_;
  unlisted_ += listed ? 0U : 1U;
  const bool large = !listed && ImageIds::has_large_number(entry);
  large_ += large ? 1U : 0U;
  indexed_ += listed || large || ImageIds::number_of(entry) ? 0U : 1U;
}

std::vector<std::string> CocoCounts::notices(const OutputOptions& options) const {
  std::vector<std::string> lines;
  if (unlisted_ > 0 && !options.coco_images.empty()) {
    lines.push_back(fmt::format(
        "{}: doesn't list {} of the {} pictures; their COCO image_id is the number in their file "
        "name, or their index",
        options.coco_images.string(), unlisted_, pictures_));
  }
  constexpr const char* kIndex =
      "their image_id is their index, from 0; --coco-images JSON can give each picture its own";
  if (large_ > 0) {
    lines.push_back(fmt::format(
        "--coco: the number in the file name of {} of the {} pictures has more than {} digits; {}",
        large_, pictures_, ImageIds::kMaxDigits, kIndex));
  }
  if (indexed_ > 0) {
    lines.push_back(fmt::format(
        "--coco: the file name of {} of the {} pictures is neither a number (as 139.jpg) nor has "
        "one after its last _ (as val_139.jpg); {}",
        indexed_, pictures_, kIndex));
  }
  return lines;
}

}  // namespace yolofleet::command
