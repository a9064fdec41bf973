#include "backend/tensorrt/engine_cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <regex>
#include <system_error>
#include <utility>

#include "backend/tensorrt/engine_file.hpp"
#include "base/fail.hpp"
#include "base/files.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEngineEnding = ".engine";
constexpr std::string_view kTimingEnding = ".timing";
constexpr std::string_view kLockEnding = ".lock";

tl::unexpected<Error> io_error(const fs::path& file, std::string_view doing) {
  return base::fail(ErrorCode::kIo, "{}: can't {}: {}", file.string(), doing, std::strerror(errno));
}

std::string hash_name(const EngineKey& key, std::string_view ending) {
  return fmt::format("{}-{}{}", key.model, hash_digits(key.text), ending);
}

/// "MODEL" of an engine's name; nothing for a name that this cache doesn't give.
std::optional<std::string> model_of(const fs::path& engine) {
  static const std::regex named{"([^]+)-[0-9a-f]{32}"};
  const std::string stem = engine.stem().string();
  std::smatch parts;
  return std::regex_match(stem, parts, named) ? std::optional{parts[1].str()} : std::nullopt;
}

/// A name that only this cache gives, temporary ones included: others may keep engines of their own
/// in the folder.
bool is_ours(const fs::path& file) {
  static const std::regex ours{R"([^]+-[0-9a-f]{32}\.(engine|timing|lock)(\.[0-9A-Za-z]{6})?)"};
  return std::regex_match(file.filename().string(), ours);
}

/// Those of a folder's entries that `wanted` says; none where there is no such folder.
template <typename Wanted>
Result<std::vector<fs::path>> files_in(const fs::path& folder, Wanted wanted) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    if (wanted(at->path())) {
      files.push_back(at->path());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return base::fail(ErrorCode::kIo, "{}: can't be read: {}", folder.string(), error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
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
  auto bytes = base::read_bytes(file, kMostEngineBytes);
  const auto parts = bytes ? parse_engine(*bytes) : tl::unexpected(bytes.error());
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
  const EngineHeader header = make_header(key.text, engine);
  return base::write_atomically(
      folder_ / key.file_name(),
      {std::as_bytes(std::span{&header, 1}),
       std::as_bytes(std::span{key.text.data(), key.text.size()}), engine});
}

std::vector<std::byte> EngineCache::load_timings(const EngineKey& key) const {
  return base::read_bytes(folder_ / hash_name(key, kTimingEnding), kMostEngineBytes)
      .value_or(std::vector<std::byte>{});
}

Result<void> EngineCache::store_timings(const EngineKey& key,
                                        std::span<const std::byte> timings) const {
  return base::write_atomically(folder_ / hash_name(key, kTimingEnding), {timings});
}

Result<void> EngineCache::check_writable() const {
  if (auto made = base::make_folder(folder_); !made) {
    return made;
  }
  std::string temporary = (folder_ / "try").string() + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return io_error(folder_, "be written");
  }
  static_cast<void>(close(descriptor));
  static_cast<void>(unlink(temporary.c_str()));
  return {};
}

Result<std::vector<CacheEntry>> EngineCache::list() const {
  const auto files =
      files_in(folder_, [](const fs::path& file) { return file.extension() == kEngineEnding; });
  if (!files) {
    return tl::unexpected(files.error());
  }
  std::vector<CacheEntry> entries;
  for (const fs::path& file : *files) {
    CacheEntry& entry = entries.emplace_back();
    entry.file = file;
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(file, error);
    entry.bytes = error ? 0 : bytes;
    const auto key = read_key(file);
    const auto model = model_of(file);
    if (!key) {
      entry.problem = key.error().message;
    } else if (!model || !file.stem().string().ends_with(hash_digits(*key))) {
      entry.problem = "its name isn't the one that it is looked for under";
    } else {
      entry.key = {*model, *key};
    }
  }
  return entries;
}

Result<int> EngineCache::clear() const {
  const auto files = files_in(folder_, is_ours);
  if (!files) {
    return tl::unexpected(files.error());
  }
  for (const fs::path& file : *files) {
    std::error_code error;
    fs::remove(file, error);
    if (error) {
      return base::fail(ErrorCode::kIo, "{}: can't be removed: {}", file.string(), error.message());
    }
  }
  return static_cast<int>(files->size());
}

Result<EngineCache::Lock> EngineCache::Lock::take(const EngineCache& cache, const EngineKey& key,
                                                  const std::function<void()>& on_wait) {
  if (auto made = base::make_folder(cache.folder()); !made) {
    return tl::unexpected(std::move(made).error());
  }
  const fs::path file = cache.folder() / hash_name(key, kLockEnding);
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return io_error(file, "be made");
  }
  Lock lock{descriptor};
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    return lock;
  }
  if (on_wait) {
    on_wait();
  }
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
