#include "backend/tensorrt/engine_cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/fail.hpp"
#include "base/files.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 8> kMagic{'Y', 'F', 'E', 'N', 'G', 'I', 'N', 'E'};
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kMostKeyBytes = std::size_t{64} * 1024;
constexpr std::size_t kMostBytes = std::size_t{8} << 30U;
constexpr std::string_view kEngineEnding = ".engine";
constexpr std::string_view kTimingEnding = ".timing";
constexpr std::string_view kLockEnding = ".lock";

/// At the beginning of a file; little endian, no gaps.
struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t format = kFormat;
  std::uint32_t key_bytes = 0;
  std::uint64_t engine_bytes = 0;
  std::uint64_t checksum_low = 0;  ///< XXH3-128 of key and engine
  std::uint64_t checksum_high = 0;
};
static_assert(sizeof(Header) == 40);

struct Checksum {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

Checksum checksum_of(std::string_view key, std::span<const std::byte> engine) {
  XXH3_state_t* const state = XXH3_createState();
  if (state == nullptr) {
    throw std::bad_alloc();
  }
  XXH3_128bits_reset(state);
  XXH3_128bits_update(state, key.data(), key.size());
  XXH3_128bits_update(state, engine.data(), engine.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  return {hash.low64, hash.high64};
}

/// The parts of a file's bytes.
struct Parts {
  std::string_view key;
  std::span<const std::byte> engine;
};

/// Checks the whole file; the error says what is wrong with it.
Result<Parts> parse(std::span<const std::byte> bytes) {
  Header header;
  if (bytes.size() < sizeof header) {
    return base::fail(ErrorCode::kMalformed, "{} bytes, less than a header", bytes.size());
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic) {
    return base::fail(ErrorCode::kMalformed, "no engine file of yolofleet");
  }
  if (header.format != kFormat) {
    return base::fail(ErrorCode::kMalformed, "format {}, not {}", header.format, kFormat);
  }
  const std::span<const std::byte> rest = bytes.subspan(sizeof header);
  if (header.key_bytes > kMostKeyBytes || header.key_bytes > rest.size() ||
      header.engine_bytes != rest.size() - header.key_bytes) {
    return base::fail(ErrorCode::kMalformed, "{} bytes behind the header, which says {} and {}",
                      rest.size(), header.key_bytes, header.engine_bytes);
  }
  const Parts parts{{reinterpret_cast<const char*>(rest.data()), header.key_bytes},
                    rest.subspan(header.key_bytes)};
  const Checksum checksum = checksum_of(parts.key, parts.engine);
  if (checksum.low != header.checksum_low || checksum.high != header.checksum_high) {
    return base::fail(ErrorCode::kMalformed, "its checksum doesn't fit");
  }
  return parts;
}

tl::unexpected<Error> io_error(const fs::path& file, std::string_view doing) {
  return base::fail(ErrorCode::kIo, "{}: can't {}: {}", file.string(), doing, std::strerror(errno));
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return base::fail(ErrorCode::kIo, "{}: can't be made: {}", folder.string(), error.message());
  }
  return {};
}

/// Writes all parts under a temporary name beside `file`, then renames.
Result<void> write_atomically(const fs::path& file,
                              std::initializer_list<std::span<const std::byte>> parts) {
  if (auto made = make_folder(file.parent_path()); !made) {
    return made;
  }
  std::string temporary = file.string() + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return io_error(temporary, "be made");
  }
  const bool written = std::all_of(parts.begin(), parts.end(),
                                   [&](auto part) { return write_all(descriptor, part); });
  const bool flushed = written && fsync(descriptor) == 0;
  const int write_error = errno;
  const bool closed = close(descriptor) == 0;
  if (flushed && closed && rename(temporary.c_str(), file.c_str()) == 0) {
    return {};
  }
  if (!flushed) {
    errno = write_error;
  }
  const auto error = io_error(file, "be written");
  static_cast<void>(unlink(temporary.c_str()));
  return error;
}

std::string hash_name(const EngineKey& key, std::string_view ending) {
  const Checksum hash = checksum_of(key.text, {});
  return fmt::format("{}-{:016x}{:016x}{}", key.model, hash.high, hash.low, ending);
}

bool is_ours(const fs::path& file) {
  const std::string name = file.filename().string();
  constexpr std::array kEndings{kEngineEnding, kTimingEnding, kLockEnding};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
    return name.find(ending) != std::string::npos;  // temporary names go on behind it
  });
}

}  // namespace

std::string EngineKey::file_name() const {
  return hash_name(*this, kEngineEnding);
}

fs::path EngineCache::default_folder() {
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return fs::path{cache} / "yolofleet";
  }
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return fs::path{home} / ".cache" / "yolofleet";
  }
  return fs::temp_directory_path() / fmt::format("yolofleet-{}", getuid());
}

std::optional<std::vector<std::byte>> EngineCache::load(const EngineKey& key,
                                                        std::string* problem) const {
  const fs::path file = folder_ / key.file_name();
  auto bytes = base::read_bytes(file, kMostBytes);
  const auto parts = bytes ? parse(*bytes) : tl::unexpected(bytes.error());
  const auto refuse = [&](const std::string& why) -> std::optional<std::vector<std::byte>> {
    if (problem != nullptr) {
      *problem = file.string() + ": " + why;
    }
    return std::nullopt;
  };
  if (!parts) {
    return bytes || bytes.error().code != ErrorCode::kNotFound ? refuse(parts.error().message)
                                                               : std::nullopt;
  }
  if (parts->key != key.text) {
    return refuse("was made for something else");
  }
  const auto begin = static_cast<std::ptrdiff_t>(bytes->size() - parts->engine.size());
  bytes->erase(bytes->begin(), bytes->begin() + begin);
  return *std::move(bytes);
}

Result<void> EngineCache::store(const EngineKey& key, std::span<const std::byte> engine) const {
  const Checksum checksum = checksum_of(key.text, engine);
  Header header;
  header.key_bytes = static_cast<std::uint32_t>(key.text.size());
  header.engine_bytes = engine.size();
  header.checksum_low = checksum.low;
  header.checksum_high = checksum.high;
  return write_atomically(folder_ / key.file_name(),
                          {std::as_bytes(std::span{&header, 1}),
                           std::as_bytes(std::span{key.text.data(), key.text.size()}), engine});
}

std::vector<std::byte> EngineCache::load_timings(const EngineKey& key) const {
  return base::read_bytes(folder_ / hash_name(key, kTimingEnding), kMostBytes)
      .value_or(std::vector<std::byte>{});
}

Result<void> EngineCache::store_timings(const EngineKey& key,
                                        std::span<const std::byte> timings) const {
  return write_atomically(folder_ / hash_name(key, kTimingEnding), {timings});
}

std::vector<CacheEntry> EngineCache::list() const {
  std::vector<CacheEntry> entries;
  std::error_code error;
  for (fs::directory_iterator at{folder_, error}, end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != kEngineEnding) {
      continue;
    }
    CacheEntry& entry = entries.emplace_back();
    entry.file = at->path();
    const auto bytes = base::read_bytes(at->path(), kMostBytes);
    const auto parts = bytes ? parse(*bytes) : tl::unexpected(bytes.error());
    entry.bytes = bytes ? bytes->size() : 0;
    if (parts) {
      entry.key = parts->key;
    } else {
      entry.problem = parts.error().message;
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const CacheEntry& a, const CacheEntry& b) { return a.file < b.file; });
  return entries;
}

Result<int> EngineCache::clear() const {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at{folder_, error}, end; !error && at != end; at.increment(error)) {
    if (is_ours(at->path())) {
      files.push_back(at->path());
    }
  }
  for (const fs::path& file : files) {
    fs::remove(file, error);
    if (error) {
      return base::fail(ErrorCode::kIo, "{}: can't be removed: {}", file.string(), error.message());
    }
  }
  return static_cast<int>(files.size());
}

Result<EngineCache::Lock> EngineCache::Lock::take(const EngineCache& cache, const EngineKey& key) {
  if (auto made = make_folder(cache.folder()); !made) {
    return tl::unexpected(std::move(made).error());
  }
  const fs::path file = cache.folder() / hash_name(key, kLockEnding);
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return io_error(file, "be made");
  }
  Lock lock{descriptor};
  while (flock(descriptor, LOCK_EX) != 0) {
    if (errno != EINTR) {
      return io_error(file, "be locked");
    }
  }
  return lock;
}

EngineCache::Lock::Lock(Lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

EngineCache::Lock::~Lock() {
  if (descriptor_ >= 0) {
    static_cast<void>(close(descriptor_));  // which also unlocks
  }
}

}  // namespace yolofleet::backend::tensorrt
