#pragma once

#include <filesystem>
#include <optional>

#include "input/source.hpp"
#include "output/sink.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// Finds label files that a run with --yolo would write over. Where the folder is empty or missing
/// no file is looked for, so the check of many pictures is cheap.
class ExistingLabels {
 public:
  /// `options` must outlive it.
  explicit ExistingLabels(const OutputOptions& options);

  /// Errors: kInvalidArgument, naming the file: the picture has a label file, and --overwrite isn't
  /// given.
  Result<void> check(const Entry& entry);

 private:
  bool may_have_files(const std::filesystem::path& folder);

  const OutputOptions& options_;
  bool active_;
  std::optional<std::filesystem::path> folder_;  ///< the last one that was looked at
  bool has_files_ = false;                       ///< whether that folder has any
};

}  // namespace yolofleet::command
