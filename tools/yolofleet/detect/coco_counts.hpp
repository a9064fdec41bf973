#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "input/source.hpp"
#include "output/sink.hpp"

namespace yolofleet::command {

/// Counts where the COCO ids of a run's pictures come from.
class CocoCounts {
 public:
  void count(const Entry& entry, const ImageIds& image_ids);

  /// A line about pictures that the file of --coco-images doesn't list, and one for each reason for
  /// which an id is the index; each only if there are such pictures.
  std::vector<std::string> notices(const OutputOptions& options) const;

 private:
  std::uint64_t pictures_ = 0;
  std::uint64_t unlisted_ = 0;  ///< not in the file of --coco-images
  std::uint64_t large_ = 0;     ///< not listed, and the number in their name is too large
  std::uint64_t indexed_ = 0;   ///< neither listed nor numbered by their name
};

}  // namespace yolofleet::command
