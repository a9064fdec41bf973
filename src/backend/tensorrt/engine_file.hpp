#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// At the beginning of an engine's file; little endian, no gaps. Behind it stand the key's text and
/// TensorRT's bytes.
struct EngineHeader {
  static constexpr std::array<char, 8> kMagic{'Y', 'F', 'E', 'N', 'G', 'I', 'N', 'E'};
  static constexpr std::uint32_t kFormat = 1;

  std::array<char, 8> magic = kMagic;
  std::uint32_t format = kFormat;
  std::uint32_t key_bytes = 0;
  std::uint64_t engine_bytes = 0;
  std::uint64_t checksum_low = 0;  ///< XXH3-128 of key and engine
  std::uint64_t checksum_high = 0;
};
static_assert(sizeof(EngineHeader) == 40);

/// The header of a file that is to hold these.
EngineHeader make_header(std::string_view key, std::span<const std::byte> engine);

/// The largest file that is read.
inline constexpr std::size_t kMostEngineBytes = std::size_t{8} << 30U;

/// The parts of a file's bytes.
struct EngineParts {
  std::string_view key;
  std::span<const std::byte> engine;
};

/// Checks all bytes of a file. Errors: kMalformed, what is wrong with it (without its name).
Result<EngineParts> parse_engine(std::span<const std::byte> bytes);

/// The key of a file, of which only the beginning is read and the length checked. Errors: as
/// parse_engine, and kIo.
Result<std::string> read_key(const std::filesystem::path& file);

/// The work of yolofleet::export_engine.
Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to);

/// 32 hexadecimal digits, the XXH3-128 of a text.
std::string hash_digits(std::string_view text);

}  // namespace yolofleet::backend::tensorrt
