#include "backend/tensorrt/engine_file.hpp"

#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <system_error>

#include "base/fail.hpp"
#include "base/files.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kMostKeyBytes = std::size_t{64} * 1024;

XXH128_hash_t checksum_of(std::string_view key, std::span<const std::byte> engine) {
  XXH3_state_t* const state = XXH3_createState();
  if (state == nullptr) {
    throw std::bad_alloc();
  }
  XXH3_128bits_reset(state);
  XXH3_128bits_update(state, key.data(), key.size());
  XXH3_128bits_update(state, engine.data(), engine.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  return hash;
}

/// The header at the beginning of a file of `size` bytes, which must fit to it.
Result<EngineHeader> parse_header(std::span<const std::byte> bytes, std::uint64_t size) {
  EngineHeader header;
  if (bytes.size() < sizeof header) {
    return base::fail(ErrorCode::kMalformed, "{} bytes, less than a header", bytes.size());
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != EngineHeader::kMagic) {
    return base::fail(ErrorCode::kMalformed, "no engine file of yolofleet");
  }
  if (header.format != EngineHeader::kFormat) {
    return base::fail(ErrorCode::kMalformed, "format {}, not {}", header.format,
                      EngineHeader::kFormat);
  }
  const std::uint64_t rest = size - sizeof header;
  if (header.key_bytes > kMostKeyBytes || header.key_bytes > rest ||
      header.engine_bytes != rest - header.key_bytes) {
    return base::fail(ErrorCode::kMalformed, "{} bytes behind the header, which says {} and {}",
                      rest, header.key_bytes, header.engine_bytes);
  }
  return header;
}

}  // namespace

EngineHeader make_header(std::string_view key, std::span<const std::byte> engine) {
  const XXH128_hash_t checksum = checksum_of(key, engine);
  EngineHeader header;
  header.key_bytes = static_cast<std::uint32_t>(key.size());
  header.engine_bytes = engine.size();
  header.checksum_low = checksum.low64;
  header.checksum_high = checksum.high64;
  return header;
}

Result<EngineParts> parse_engine(std::span<const std::byte> bytes) {
  const auto header = parse_header(bytes, bytes.size());
  if (!header) {
    return tl::unexpected(header.error());
  }
  const std::span<const std::byte> rest = bytes.subspan(sizeof *header);
  const EngineParts parts{{reinterpret_cast<const char*>(rest.data()), header->key_bytes},
                          rest.subspan(header->key_bytes)};
  const XXH128_hash_t checksum = checksum_of(parts.key, parts.engine);
  if (checksum.low64 != header->checksum_low || checksum.high64 != header->checksum_high) {
    return base::fail(ErrorCode::kMalformed, "its checksum doesn't fit");
  }
  return parts;
}

Result<std::string> read_key(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {  // a pipe would be waited for
    return base::fail(ErrorCode::kIo, "can't be read: {}",
                      error ? error.message() : "isn't a regular file");
  }
  const std::uint64_t size = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream) {
    return base::fail(ErrorCode::kIo, "can't be read: {}",
                      error ? error.message() : std::strerror(errno));
  }
  std::array<char, sizeof(EngineHeader)> begin{};
  stream.read(begin.data(), begin.size());
  const std::span read{begin.data(), static_cast<std::size_t>(stream.gcount())};
  const auto header = parse_header(std::as_bytes(read), size);
  if (!header) {
    return tl::unexpected(header.error());
  }
  std::string key(header->key_bytes, '\0');
  if (!stream.read(key.data(), static_cast<std::streamsize>(key.size()))) {
    return base::fail(ErrorCode::kIo, "can't be read to its end");
  }
  return key;
}

Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to) {
  const auto bytes = base::read_bytes(file, kMostEngineBytes);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  const auto parts = parse_engine(*bytes);
  if (!parts) {
    return base::fail(parts.error().code, "{}: {}", file.string(), parts.error().message);
  }
  return base::write_atomically(to, {parts->engine});
}

std::string hash_digits(std::string_view text) {
  const XXH128_hash_t hash = checksum_of(text, {});
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace yolofleet::backend::tensorrt
