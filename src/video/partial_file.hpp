#pragma once

#include <filesystem>

#include "base/files.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::video {

/// A file that is never seen half-written: it is written as FILE.partial and renamed at the end.
/// Errors: kIo, naming the file and the reason.
class PartialFile {
 public:
  /// Makes an empty FILE.partial, or empties one that an earlier run left. Fails while another
  /// process writes it. A link is followed, so it stays a link.
  static Result<PartialFile> open(const std::filesystem::path& file);

  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&& other) = delete;
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  /// Removes FILE.partial unless `commit` was called.
  ~PartialFile();

  /// Of FILE.partial, open for reading and writing.
  int descriptor() const noexcept { return descriptor_.get(); }

  /// Gives the file its name.
  Result<void> commit();

 private:
  PartialFile(std::filesystem::path file, std::filesystem::path partial, std::string name,
              base::Descriptor descriptor);

  std::filesystem::path file_;
  std::filesystem::path partial_;  // empty: nothing to remove
  std::string name_;
  base::Descriptor descriptor_;
};

}  // namespace yolofleet::video
