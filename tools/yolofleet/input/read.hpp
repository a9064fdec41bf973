#pragma once

#include <cstddef>
#include <filesystem>

#include "input/source.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::command {

/// The largest picture file, and the largest list from a pipe, that are read, in bytes.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30U;
/// The longest path that a list may name: the system can't open a longer one.
constexpr std::size_t kMaxPathBytes = 4095;

/// The path that a picture is read from. "-" is standard input only as an argument; in a list or
/// from a pattern it is a file.
std::filesystem::path file_of(const Entry& entry);

/// All bytes of a file, a pipe or, as "-", standard input. Waiting for a pipe ends with kCancelled
/// once `stop_descriptor` polls as readable (-1: never).
/// Errors, each naming the file: kNotFound, kIo, kTooLarge (over `limit`; checked before memory is
/// taken where the size is known), kCancelled.
Result<EncodedImage> read_file(const std::filesystem::path& file, int stop_descriptor,
                               std::size_t limit = kMaxFileBytes);

}  // namespace yolofleet::command
