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

/// Everything that an engine depends on, as lines of "what value". Two engines with the same key
/// may stand for each other.
struct EngineKey {
  std::string model;  ///< its name, for people: the file's name begins with it
  std::string text;

  /// "MODEL-HASH.engine", the hash over `text`.
  std::string file_name() const;
};

/// An engine that lies in the cache.
struct CacheEntry {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  EngineKey key;        ///< empty for a file with a problem
  std::string problem;  ///< empty, or why it would not be used
};

/// Engines as files in one folder (engine_file.hpp), of which all is checked before TensorRT sees a
/// byte. Any number of processes may use a folder at once.
class EngineCache {
 public:
  /// The folder is made when something is stored.
  explicit EngineCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// $XDG_CACHE_HOME/yolofleet, else ~/.cache/yolofleet, else a folder for this user in the
  /// system's temporary one, which is made at once. Errors: kIo (that one can't be made, or isn't
  /// only this user's to write), with its name.
  static Result<std::filesystem::path> default_folder();

  const std::filesystem::path& folder() const noexcept { return folder_; }

  /// The engine of this key; nothing where there is none, or none that is whole and of this key
  /// (then `problem`, if given, says what is wrong with it).
  std::optional<std::vector<std::byte>> load(const EngineKey& key,
                                             std::string* problem = nullptr) const;

  /// Writes under a temporary name, then renames: a reader sees a whole file or none.
  /// Errors: kIo (unwritable, full), with the file.
  Result<void> store(const EngineKey& key, std::span<const std::byte> engine) const;

  /// As `load` and `store`, for what TensorRT measured while building: useful, never needed.
  std::vector<std::byte> load_timings(const EngineKey& key) const;
  Result<void> store_timings(const EngineKey& key, std::span<const std::byte> timings) const;

  /// Makes the folder if need be. Errors: kIo, with its name.
  Result<void> check_writable() const;

  /// The engines that lie there, by name: their keys and lengths are checked, not their bytes.
  /// Errors: kIo (the folder can't be read; none there is no error).
  Result<std::vector<CacheEntry>> list() const;
  /// Removes engines, timings and locks, and what a process that died left of them an hour ago or
  /// earlier; gives how many files. What only has such a name stays, and so does all of a key whose
  /// lock is held. Errors: kIo, with the folder, or the first file that couldn't be removed, or be
  /// read to see whose it is; the others are gone by then.
  Result<int> clear() const;

  /// Held by whoever builds the engine of a key, so that others wait for it instead of building the
  /// same. Released by the destructor, and by the system if the process dies.
  class Lock {
   public:
    /// Waits for it, and calls `on_wait` before it has to. Errors: kIo (the folder can't be
    /// written).
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
