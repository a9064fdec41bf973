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

/// The first bytes of a file of the cache, which say what it holds.
using Magic = std::array<char, 8>;
inline constexpr Magic kEngineMagic{'Y', 'F', 'E', 'N', 'G', 'I', 'N', 'E'};
inline constexpr Magic kTimingMagic{'Y', 'F', 'T', 'I', 'M', 'I', 'N', 'G'};

/// At the beginning of a file; little endian, no gaps. Behind it stand the key's text and what
/// TensorRT serialised: an engine, or what it measured while building one.
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

/// The largest file that is read.
inline constexpr std::size_t kMostFileBytes = std::size_t{8} << 30U;

/// What a file holds.
struct FileParts {
  std::string key;
  std::vector<std::byte> content;
};

/// Writes as base::write_atomically does, whose errors it has.
Result<void> write_file(const std::filesystem::path& file, const Magic& magic, std::string_view key,
                        std::span<const std::byte> content);

/// Reads a file and checks all of it; no memory is taken before the lengths in its header fit to
/// its own. Errors, what is wrong with it without its name: kNotFound, kIo (it can't be read, isn't
/// a regular file), kMalformed, kTooLarge (over kMostFileBytes, or no memory for it).
Result<FileParts> read_file(const std::filesystem::path& file, const Magic& magic);

/// The key of an engine's file, of which only the beginning is read and the length checked. Errors:
/// as read_file.
Result<std::string> read_key(const std::filesystem::path& file);

/// Whether an open file begins with this; or, with `or_cut`, is at most the beginning of it.
/// Errors: kIo, the bare reason.
Result<bool> begins_with(const base::Descriptor& file, const Magic& magic, bool or_cut);

/// The work of yolofleet::export_engine.
Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to);

/// 32 hexadecimal digits, the XXH3-128 of a text.
std::string hash_digits(std::string_view text);

}  // namespace yolofleet::backend::tensorrt
