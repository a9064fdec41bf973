#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "output/output_file.hpp"

namespace yolofleet::command {

/// The file that COCO results are written to: one that the user wants to keep, or a temporary one,
/// which goes when this object does.
class Results {
 public:
  /// Empty: a temporary one. Errors: kIo.
  static Result<Results> open(const std::string& keep);

  Results(Results&& other) noexcept;
  Results& operator=(Results&&) = delete;
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;
  ~Results();

  /// Open for writing; once.
  OutputFile take_file() { return *std::move(file_); }
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  Results(OutputFile file, std::filesystem::path path, std::filesystem::path folder)
      : file_(std::move(file)), path_(std::move(path)), folder_(std::move(folder)) {}

  std::optional<OutputFile> file_;
  std::filesystem::path path_;
  std::filesystem::path folder_;  ///< the temporary one that goes; empty: none
};

}  // namespace yolofleet::command
