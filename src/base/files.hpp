#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::base {

/// All bytes of a regular file or pipe. Errors, each naming the file: kNotFound, kIo (a folder, no
/// permission, a failed read), kTooLarge (over `limit` bytes; checked before memory is taken).
Result<std::vector<std::byte>> read_bytes(const std::filesystem::path& file, std::size_t limit);

/// As `read_bytes`, as text.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit);

/// Makes a folder and those above it, where they aren't there. Errors: kIo, with its name.
Result<void> make_folder(const std::filesystem::path& folder);

/// Writes all parts under a temporary name (the file's and ".XXXXXX", six letters or digits), then
/// renames: a reader sees a whole file or none. Makes the file's folder. Errors: kIo (unwritable,
/// full), with the file.
Result<void> write_atomically(const std::filesystem::path& file,
                              std::initializer_list<std::span<const std::byte>> parts);

}  // namespace yolofleet::base
