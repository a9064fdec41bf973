#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Identifies an engine by everything that it depends on. Engines with the same key are
/// interchangeable.
struct EngineKey {
  std::string model;  ///< the model's name: the file's name begins with it
  std::string text;   ///< lines of "name value"

  /// "MODEL-HASH.engine", with the hash of `text`.
  std::string file_name() const;
};

/// An engine file in the cache.
struct CacheEntry {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  EngineKey key;        ///< empty if there is a problem
  std::string problem;  ///< why it can't be used; empty if it can
};

/// Keeps engines as files (engine/file.hpp) in one folder. A file is checked completely before
/// TensorRT gets any byte of it. Any number of processes may use a folder at once.
class EngineCache {
 public:
  /// Doesn't touch the folder, which is created when something is stored.
  explicit EngineCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// $XDG_CACHE_HOME/yolofleet, else $HOME/.cache/yolofleet, else a folder for this user in the
  /// system's temporary folder, which this call creates. Errors: kIo, with the name of the
  /// temporary folder (it can't be created, or other users can write to it).
  static Result<std::filesystem::path> default_folder();

  const std::filesystem::path& folder() const noexcept { return folder_; }

  /// Returns the engine of this key. Returns nothing if there is no file for it, or if the file is
  /// damaged or has another key; in the latter cases `problem`, if not null, gets the reason.
  std::optional<std::vector<std::byte>> load(const EngineKey& key,
                                             std::string* problem = nullptr) const;

  /// Stores the engine. Writes under a temporary name, then renames: a reader sees a whole file or
  /// none. Errors: kIo (not writable, disk full), with the file's name.
  Result<void> store(const EngineKey& key, std::span<const std::byte> engine) const;

  /// As `load` and `store`, for the bytes of a TimingCache, which only make the next build faster.
  std::vector<std::byte> load_timings(const EngineKey& key) const;
  Result<void> store_timings(const EngineKey& key, std::span<const std::byte> timings) const;

  /// Creates the folder if it is missing. Errors: kIo, with its name (it can't be written).
  Result<void> check_writable() const;

  /// All engine files, sorted by name. Their keys and lengths are checked, not their contents. An
  /// absent folder is an empty cache. Errors: kIo (the folder can't be read).
  Result<std::vector<CacheEntry>> list() const;
  /// Removes engines, timing caches and lock files, and temporary files that are at least an hour
  /// old, which a process left behind when it died. Returns the number of removed files. Keeps
  /// files that have such a name but other contents, and all files of a key whose lock is held.
  /// Errors: kIo, with the folder, or with the first file that can't be removed or can't be read
  /// for this check; all other files are removed nevertheless.
  Result<int> clear() const;

  /// The exclusive right to build the engine of one key: others that want the same engine wait.
  /// Released by the destructor, and by the system if the process dies.
  class Lock {
   public:
    /// Takes the lock. If another holds it, calls `on_wait` once and waits. Errors: kIo (the folder
    /// can't be written).
    static Result<Lock> take(const EngineCache& cache, const EngineKey& key,
                             const std::function<void()>& on_wait = {});
    Lock(Lock&&) noexcept = default;
    Lock& operator=(Lock&&) = delete;
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() = default;

   private:
    explicit Lock(base::Descriptor file) noexcept : file_(std::move(file)) {}
    base::Descriptor file_;
  };

 private:
  std::filesystem::path folder_;
};

}  // namespace yolofleet::backend::tensorrt
