#include "backend/tensorrt/engine/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

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

const char* name_of(const Magic& magic) {
  return magic == kEngineMagic ? "engine file" : "timing file";
}

/// Parses the header from the first `bytes` of a file of `size` bytes, and checks it against
/// `size`.
Result<FileHeader> parse_header(std::span<const std::byte> bytes, std::uint64_t size,
                                const Magic& magic) {
  FileHeader header;
  if (bytes.size() < sizeof header) {
    return base::fail(ErrorCode::kMalformed, "has {} bytes, fewer than a header", bytes.size());
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != magic) {
    return base::fail(ErrorCode::kMalformed, "isn't a yolofleet {}", name_of(magic));
  }
  if (header.format != FileHeader::kFormat) {
    return base::fail(ErrorCode::kMalformed, "has format {}; this program reads format {}",
                      header.format, FileHeader::kFormat);
  }
  const std::uint64_t rest = size - sizeof header;
  if (header.key_bytes > kMostKeyBytes || header.key_bytes > rest ||
      header.content_bytes != rest - header.key_bytes) {
    return base::fail(ErrorCode::kMalformed,
                      "has {} bytes after the header, which announces {} + {}", rest,
                      header.key_bytes, header.content_bytes);
  }
  return header;
}

tl::unexpected<Error> unreadable(const Error& error) {
  return base::fail(error.code, "can't be read: {}", error.message);
}

/// A file whose header was read.
struct OpenFile {
  base::Descriptor descriptor;
  FileHeader header;
};

Result<OpenFile> open_file(const std::filesystem::path& file, const Magic& magic) {
  auto descriptor = base::open_regular(file, O_RDONLY);
  if (!descriptor) {
    return unreadable(descriptor.error());
  }
  struct stat status {};
  if (fstat(descriptor->get(), &status) != 0) {
    return base::fail(ErrorCode::kIo, "can't be read: {}", std::strerror(errno));
  }
  std::array<std::byte, sizeof(FileHeader)> begin{};
  const auto got = base::read_some(*descriptor, begin);
  if (!got) {
    return unreadable(got.error());
  }
  const auto size = std::max(static_cast<std::uint64_t>(status.st_size), std::uint64_t{*got});
  const auto header = parse_header(std::span{begin}.first(*got), size, magic);
  if (!header) {
    return tl::unexpected(header.error());
  }
  if (size > kMostFileBytes) {
    return base::fail(ErrorCode::kTooLarge, "has {} bytes; at most {} are allowed", size,
                      kMostFileBytes);
  }
  return OpenFile{*std::move(descriptor), *header};
}

Result<void> read_whole(const base::Descriptor& file, std::span<std::byte> bytes) {
  const auto got = base::read_some(file, bytes);
  if (!got) {
    return unreadable(got.error());
  }
  if (*got < bytes.size()) {
    return base::fail(ErrorCode::kIo, "can't be read to its end");
  }
  return {};
}

Result<std::string> read_key(const OpenFile& file) {
  std::string key(file.header.key_bytes, '\0');
  auto read = read_whole(file.descriptor, std::as_writable_bytes(std::span{key}));
  return read.map([&] { return std::move(key); });
}

/// Accepts an absent file or a regular one. Without this check, the rename would replace anything.
Result<void> check_target(const std::filesystem::path& file, const std::filesystem::path& to) {
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(to, ignored);
  if (!std::filesystem::exists(status)) {
    return {};
  }
  if (std::filesystem::is_symlink(status)) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "{}: is a symbolic link; name a regular file or a new one", to.string());
  }
  if (!std::filesystem::is_regular_file(status)) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "{}: isn't a regular file; name a regular file or a new one", to.string());
  }
  if (std::filesystem::equivalent(file, to, ignored)) {
    return base::fail(ErrorCode::kInvalidArgument, "{}: is the engine itself; name another file",
                      to.string());
  }
  return {};
}

}  // namespace

Result<void> write_file(const std::filesystem::path& file, const Magic& magic, std::string_view key,
                        std::span<const std::byte> content) {
  const XXH128_hash_t checksum = checksum_of(key, content);
  FileHeader header;
  header.magic = magic;
  header.key_bytes = static_cast<std::uint32_t>(key.size());
  header.content_bytes = content.size();
  header.checksum_low = checksum.low64;
  header.checksum_high = checksum.high64;
  return base::write_atomically(file, {std::as_bytes(std::span{&header, 1}),
                                       std::as_bytes(std::span{key.data(), key.size()}), content});
}

Result<FileParts> read_file(const std::filesystem::path& file, const Magic& magic) {
  const auto opened = open_file(file, magic);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  auto key = read_key(*opened);
  if (!key) {
    return tl::unexpected(std::move(key).error());
  }
  FileParts parts{*std::move(key), {}};
  try {
    parts.content.resize(opened->header.content_bytes);
  } catch (const std::bad_alloc&) {
    return base::fail(ErrorCode::kTooLarge, "no memory for its {} bytes",
                      opened->header.content_bytes);
  }
  if (auto read = read_whole(opened->descriptor, parts.content); !read) {
    return tl::unexpected(std::move(read).error());
  }
  const XXH128_hash_t checksum = checksum_of(parts.key, parts.content);
  if (checksum.low64 != opened->header.checksum_low ||
      checksum.high64 != opened->header.checksum_high) {
    return base::fail(ErrorCode::kMalformed, "its checksum doesn't match");
  }
  return parts;
}

Result<std::string> read_key(const std::filesystem::path& file) {
  return open_file(file, kEngineMagic).and_then([](const OpenFile& opened) {
    return read_key(opened);
  });
}

Result<bool> begins_with(const base::Descriptor& file, const Magic& magic, bool or_cut) {
  Magic begin{};
  const auto got = base::read_some(file, std::as_writable_bytes(std::span{begin}));
  return got.map([&](std::size_t count) {
    return (or_cut || count == magic.size()) &&
           std::equal(begin.begin(), begin.begin() + static_cast<std::ptrdiff_t>(count),
                      magic.begin());
  });
}

Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to) {
  const auto parts = read_file(file, kEngineMagic);
  if (!parts) {
    return base::fail(parts.error().code, "{}: {}", file.string(), parts.error().message);
  }
  if (auto good = check_target(file, to); !good) {
    return good;
  }
  return base::write_atomically(to, {parts->content});
}

std::string hash_digits(std::string_view text) {
  const XXH128_hash_t hash = checksum_of(text, {});
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace yolofleet::backend::tensorrt
