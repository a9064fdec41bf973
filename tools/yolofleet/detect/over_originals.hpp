#pragma once

#include <vector>

#include "output/sink.hpp"

namespace yolofleet::command {

/// The error if a picture or a video would be drawn over itself. Needs OutputOptions::annotated.
Result<void> check_not_over_originals(const Entry& entry, const OutputOptions& options);

/// The error if one of the videos would be drawn over another one.
Result<void> check_not_over_videos(const std::vector<Entry>& videos, const OutputOptions& options);

}  // namespace yolofleet::command
