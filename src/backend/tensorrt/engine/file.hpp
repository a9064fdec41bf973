#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// The first bytes of a file in the cache. They identify the kind of its content.
using Magic = std::array<char, 8>;
inline constexpr Magic kEngineMagic{'Y', 'F', 'E', 'N', 'G', 'I', 'N', 'E'};
inline constexpr Magic kTimingMagic{'Y', 'F', 'T', 'I', 'M', 'I', 'N', 'G'};

/// The beginning of a file: little endian, no gaps. The key's text follows, then the content: an
/// engine or a timing cache, as TensorRT serialised it.
struct FileHeader {
  static constexpr std::uint32_t kFormat = 1;

  Magic magic{};
  std::uint32_t format = kFormat;
  std::uint32_t key_bytes = 0;
  std::uint64_t content_bytes = 0;
  std::uint64_t checksum_low = 0;  ///< XXH3-128 of key and content
  std::uint64_t checksum_high = 0;
};
static_assert(sizeof(FileHeader) == 40);

/// The size of the largest file that is accepted.
inline constexpr std::size_t kMostFileBytes = std::size_t{8} << 30U;

/// A file's key and content.
struct FileParts {
  std::string key;
  std::vector<std::byte> content;
};

/// Writes header, key and content atomically. Errors: as base::write_atomically.
Result<void> write_file(const std::filesystem::path& file, const Magic& magic, std::string_view key,
                        std::span<const std::byte> content);

/// Reads a file and checks all of it. Allocates memory only once the lengths in the header match
/// the file's size. Errors, without the file's name: kNotFound, kIo (it can't be read, isn't a
/// regular file), kMalformed, kTooLarge (over kMostFileBytes, or no memory for it).
Result<FileParts> read_file(const std::filesystem::path& file, const Magic& magic);

/// Reads the key of an engine's file. Reads only the beginning of the file, and checks the file's
/// length. Errors: as read_file.
Result<std::string> read_key(const std::filesystem::path& file);

/// Whether an open file begins with `magic`. With `or_cut`, a file that is shorter than `magic` and
/// agrees with it so far counts, too. Errors: kIo, without the file's name.
Result<bool> begins_with(const base::Descriptor& file, const Magic& magic, bool or_cut);

/// Implements yolofleet::export_engine.
Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to);

/// The XXH3-128 hash of a text, as 32 hexadecimal digits.
std::string hash_digits(std::string_view text);

}  // namespace yolofleet::backend::tensorrt
