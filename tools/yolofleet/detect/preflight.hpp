#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "input/source.hpp"
#include "output/sink.hpp"

namespace yolofleet::command {

/// Facts about the inputs that are known before the run, from their names.
struct InputSummary {
  std::uint64_t pictures = 0;  ///< without videos
  std::vector<Entry> videos;
  std::size_t name_width = 0;        ///< columns of the longest picture name
  std::vector<std::string> notices;  ///< one line each
};

/// Refuses outputs that conflict with each other. Errors: kInvalidArgument.
Result<void> check_outputs(const OutputOptions& options);

/// Refuses to write --output, --coco, --darknet-json or --report over a file that the run reads.
/// Errors: kInvalidArgument.
Result<void> check_not_read(const std::filesystem::path& read, const OutputOptions& options);

/// Goes through all inputs once, before anything costly starts, and rewinds them. Of each picture
/// no more than a few numbers are kept. Errors: kInvalidArgument, if an input gives no picture, if
/// two pictures would be written to the same file or have the same COCO id (both are named), if an
/// output would be written over a picture, if a label file exists already (without --overwrite), or
/// if a label file would be written over one of `read`, the other files that the run reads.
Result<InputSummary> check_inputs(Inputs& inputs, const OutputOptions& options,
                                  const ImageIds& image_ids,
                                  std::span<const std::filesystem::path> read);

}  // namespace yolofleet::command
