#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "input/source.hpp"
#include "output/sink.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// Finds files that a run with --yolo would write over. Where the folder is empty or missing no
/// file is looked for, so the check of many pictures is cheap.
class ExistingLabels {
 public:
  /// `read`: files that the run reads, apart from pictures. Both must outlive it.
  ExistingLabels(const OutputOptions& options, std::span<const std::filesystem::path> read);

  /// Errors: kInvalidArgument, naming the file: the picture's label file exists, and --overwrite
  /// isn't given, or it is one of the files that are read.
  Result<void> check(const Entry& entry);

 private:
  bool may_have_files(const std::filesystem::path& folder);

  const OutputOptions& options_;
  std::span<const std::filesystem::path> read_;
  bool active_;
  std::optional<std::filesystem::path> folder_;  ///< the last one that was looked at
  bool has_files_ = false;                       ///< whether that folder has any
};

}  // namespace yolofleet::command
