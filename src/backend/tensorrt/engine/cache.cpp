#include "backend/tensorrt/engine/cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <regex>
#include <system_error>
#include <utility>

#include "backend/tensorrt/engine/cache_folder.hpp"
#include "backend/tensorrt/engine/file.hpp"
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

/// "MODEL" from "MODEL-HASH.engine"; nothing for a name of another form.
std::optional<std::string> model_of(const fs::path& engine) {
  static const std::regex named{"([^]+)-[0-9a-f]{32}"};
  const std::string stem = engine.stem().string();
  std::smatch parts;
  return std::regex_match(stem, parts, named) ? std::optional{parts[1].str()} : std::nullopt;
}

/// The content of an undamaged file. Errors: read_file's, and kMismatch (another key).
Result<std::vector<std::byte>> content_of(const fs::path& file, const Magic& magic,
                                          const EngineKey& key) {
  auto parts = read_file(file, magic);
  if (!parts) {
    return tl::unexpected(std::move(parts).error());
  }
  if (parts->key != key.text) {
    return base::fail(ErrorCode::kMismatch, "was made for another model, device or options");
  }
  return std::move(parts->content);
}

}  // namespace

std::string EngineKey::file_name() const {
  return hash_name(*this, kEngineEnding);
}

Result<fs::path> EngineCache::default_folder() {
  return default_cache_folder();
}

std::optional<std::vector<std::byte>> EngineCache::load(const EngineKey& key,
                                                        std::string* problem) const {
  const fs::path file = folder_ / key.file_name();
  auto engine = content_of(file, kEngineMagic, key);
  if (engine) {
    return *std::move(engine);
  }
  if (problem != nullptr && engine.error().code != ErrorCode::kNotFound) {
    *problem = file.string() + ": " + engine.error().message;
  }
  return std::nullopt;
}

Result<void> EngineCache::store(const EngineKey& key, std::span<const std::byte> engine) const {
  return write_file(folder_ / key.file_name(), kEngineMagic, key.text, engine);
}

std::vector<std::byte> EngineCache::load_timings(const EngineKey& key) const {
  return content_of(folder_ / hash_name(key, kTimingEnding), kTimingMagic, key)
      .value_or(std::vector<std::byte>{});
}

Result<void> EngineCache::store_timings(const EngineKey& key,
                                        std::span<const std::byte> timings) const {
  return write_file(folder_ / hash_name(key, kTimingEnding), kTimingMagic, key.text, timings);
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
  const auto files = files_in(folder_);
  if (!files) {
    return tl::unexpected(files.error());
  }
  std::vector<CacheEntry> entries;
  for (const fs::path& file : *files) {
    if (file.extension() != kEngineEnding) {
      continue;
    }
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
      entry.problem = "its name doesn't match its key";
    } else {
      entry.key = {*model, *key};
    }
  }
  return entries;
}

Result<EngineCache::Lock> EngineCache::Lock::take(const EngineCache& cache, const EngineKey& key,
                                                  const std::function<void()>& on_wait) {
  if (auto made = base::make_folder(cache.folder()); !made) {
    return tl::unexpected(std::move(made).error());
  }
  const fs::path file = cache.folder() / hash_name(key, kLockEnding);
  for (bool reported = false;;) {
    auto opened = open_lock(file, O_CREAT);
    if (!opened) {
      return base::fail(ErrorCode::kIo, "{}: can't be made: {}", file.string(),
                        opened.error().message);
    }
    if (flock(opened->get(), LOCK_EX | LOCK_NB) != 0) {
      if (on_wait && !reported) {
        on_wait();
        reported = true;
      }
      while (flock(opened->get(), LOCK_EX) != 0) {
        if (errno != EINTR) {
          return io_error(file, "be locked");
        }
      }
    }
    if (is_named(*opened, file)) {  // else the file was removed meanwhile: others lock a new one
      return Lock{*std::move(opened)};
    }
  }
}

}  // namespace yolofleet::backend::tensorrt
