#pragma once

#include <filesystem>
#include <vector>

#include "base/files.hpp"
#include "yolofleet/error.hpp"

/// Helpers of EngineCache for its folder and the lock files in it.
namespace yolofleet::backend::tensorrt {

/// Implements EngineCache::default_folder.
Result<std::filesystem::path> default_cache_folder();

/// A folder's entries, sorted by name; none if the folder is absent. Errors: kIo, with its name.
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder);

/// Opens a file for locking, read-only if this user may not write it. `flags`: 0 or O_CREAT.
/// Doesn't follow a symbolic link. Errors: as base::open_regular.
Result<base::Descriptor> open_lock(const std::filesystem::path& file, int flags);

/// Whether an open file still has this name. Another process may have removed or replaced it.
bool is_named(const base::Descriptor& descriptor, const std::filesystem::path& file);

}  // namespace yolofleet::backend::tensorrt
