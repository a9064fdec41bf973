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

/// An open file, which the destructor closes (and unlocks, where it was locked).
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

/// Opens a regular file with open's `flags`; one that O_CREAT makes can be read and written by
/// whom the umask allows. Waits for nothing, as a pipe would. Errors, the bare reason without the
/// file's name: kNotFound, kIo (anything else, and what is no regular file).
Result<Descriptor> open_regular(const std::filesystem::path& file, int flags);

/// Fills `bytes` from where a file stands; gives how many there were, fewer only at its end.
/// Errors: kIo, the bare reason.
Result<std::size_t> read_some(const Descriptor& file, std::span<std::byte> bytes);

/// All bytes of a regular file or pipe. Errors, each naming the file: kNotFound, kIo (a folder, no
/// permission, a failed read), kTooLarge (over `limit` bytes, checked before memory is taken; or no
/// memory for them).
Result<std::vector<std::byte>> read_bytes(const std::filesystem::path& file, std::size_t limit);

/// As `read_bytes`, as text.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit);

/// Makes a folder and those above it, where they aren't there. Errors: kIo, with its name.
Result<void> make_folder(const std::filesystem::path& folder);

/// Writes all parts under a temporary name (the file's and ".XXXXXX", six letters or digits), then
/// renames: a reader sees a whole file or none, which can be read and written by whom the umask
/// allows. Makes the file's folder. Errors: kIo (unwritable, full), with the file.
Result<void> write_atomically(const std::filesystem::path& file,
                              std::initializer_list<std::span<const std::byte>> parts);

}  // namespace yolofleet::base
