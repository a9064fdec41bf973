#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// A file that is never seen half-written: it is written as FILE.partial and renamed at the end. A
/// device or a named pipe is written directly. Not thread-safe.
///
/// Errors of all members: kIo, naming the file and the reason ("No space left on device"); and
/// kCancelled when it is a pipe whose reader has closed it.
class OutputFile {
 public:
  /// "-": standard output. A link is followed, so it stays a link. An unfinished FILE.partial is
  /// overwritten, but not while another process writes it.
  static Result<OutputFile> open(const std::filesystem::path& file);

  /// Takes over a descriptor, which is written directly; `name` is for messages.
  static OutputFile over(int descriptor, std::string name) {
    return {{}, std::move(name), descriptor};
  }

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) = delete;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Removes the file unless `commit` or `keep_partial` was called.
  ~OutputFile();

  /// Writes all of `bytes` or, in a FILE.partial, none of them.
  Result<void> append(std::string_view bytes);

  /// Gives the file its name.
  Result<void> commit();

  /// Leaves the file as FILE.partial; one without a byte is removed.
  Result<void> keep_partial();

  /// The name in messages: the file's name or "standard output".
  const std::string& name() const noexcept { return name_; }
  /// FILE.partial; empty if the file is written directly.
  const std::filesystem::path& partial() const noexcept { return partial_; }
  std::uint64_t size() const noexcept { return size_; }

 private:
  OutputFile(std::filesystem::path file, std::string name, int descriptor);
  static Result<OutputFile> open_partial(const std::filesystem::path& file, std::string name);
  Result<void> close();
  tl::unexpected<Error> failure(int reason) const;

  std::filesystem::path file_;
  std::filesystem::path partial_;
  std::string name_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// The existing regular files that writing `output` would change: the file itself and FILE.partial.
std::vector<std::filesystem::path> written_files(const std::filesystem::path& output);

/// Whether `read` is one of `written_files(output)`.
bool writes_over(const std::filesystem::path& output, const std::filesystem::path& read);

/// Writes a whole file under a temporary name and renames it; makes the folders above it.
Result<void> write_file(const std::filesystem::path& file, std::span<const std::byte> bytes);
Result<void> write_file(const std::filesystem::path& file, std::string_view text);

/// Makes a folder and those above it. Errors: kIo, naming it.
Result<void> make_folders(const std::filesystem::path& folder);

}  // namespace yolofleet::command
