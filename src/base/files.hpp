#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::base {

/// All bytes of a regular file or pipe. Errors, each naming the file: kNotFound, kIo (a folder, no
/// permission, a failed read), kTooLarge (over `limit` bytes; checked before memory is taken).
Result<std::vector<std::byte>> read_bytes(const std::filesystem::path& file, std::size_t limit);

/// As `read_bytes`, as text.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit);

}  // namespace yolofleet::base
