#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::base {

/// Owns an open file descriptor; the destructor closes it, which also releases a lock on it.
class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int get() const noexcept { return number_; }

 private:
  int number_;
};

/// Opens a regular file with the `flags` of open(2). A file that O_CREAT creates gets the
/// permissions that the umask allows. Never blocks, not even on a pipe. Errors, with the reason but
/// without the file's name: kNotFound, kIo (any other reason, also that it isn't a regular file).
Result<Descriptor> open_regular(const std::filesystem::path& file, int flags);

/// Reads from the file's current position into `bytes`. Returns the number of bytes read, which is
/// smaller than `bytes` only at the end of the file. Errors: kIo, without the file's name.
Result<std::size_t> read_some(const Descriptor& file, std::span<std::byte> bytes);

/// Reads all bytes of a regular file or pipe. Errors, each naming the file: kNotFound, kIo (a
/// folder, no permission, a failed read), kTooLarge (over `limit` bytes, checked before memory is
/// taken; or no memory for them).
Result<std::vector<std::byte>> read_bytes(const std::filesystem::path& file, std::size_t limit);

/// As `read_bytes`, but returns text.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit);

/// Creates a folder and its parents if they don't exist. Errors: kIo, with the folder's name.
Result<void> make_folder(const std::filesystem::path& folder);

/// Writes all parts to a temporary file (the file's name with ".XXXXXX", six letters or digits) and
/// renames it: a reader sees either the complete file or none. The file gets the permissions that
/// the umask allows. Creates the file's folder. Errors: kIo (not writable, disk full), with the
/// name.
Result<void> write_atomically(const std::filesystem::path& file,
                              std::initializer_list<std::span<const std::byte>> parts);

}  // namespace yolofleet::base
