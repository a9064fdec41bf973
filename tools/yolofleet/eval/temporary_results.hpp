#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "output/output_file.hpp"

namespace yolofleet::command {

/// The file that COCO results are written to: one that the user wants to keep, or a temporary one
/// without a name, so that nothing is left of it however this process ends.
class Results {
 public:
  /// Empty: a temporary one. Errors: kIo.
  static Result<Results> open(const std::string& keep);

  Results(Results&& other) noexcept;
  Results& operator=(Results&&) = delete;
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;
  ~Results();

  /// The file, open for writing. Call it once.
  OutputFile take_file() { return *std::move(file_); }
  /// The path from which the written file can be read; a temporary file only while this object
  /// lives.
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  Results(OutputFile file, std::filesystem::path path, int descriptor)
      : file_(std::move(file)), path_(std::move(path)), descriptor_(descriptor) {}

  std::optional<OutputFile> file_;
  std::filesystem::path path_;
  int descriptor_;  ///< of the temporary file, which exists while it is open; -1: none
};

}  // namespace yolofleet::command
