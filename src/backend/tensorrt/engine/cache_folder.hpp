#pragma once

#include <filesystem>
#include <vector>

#include "base/files.hpp"
#include "yolofleet/error.hpp"

// What EngineCache needs of its folder.
namespace yolofleet::backend::tensorrt {

/// The work of EngineCache::default_folder.
Result<std::filesystem::path> default_cache_folder();

/// A folder's entries, by name; none where there is no such folder. Errors: kIo, with its name.
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder);

/// Opens a file to lock it, also one that only others may write; `flags` may be O_CREAT. A symbolic
/// link isn't followed. Errors: as base::open_regular.
Result<base::Descriptor> open_lock(const std::filesystem::path& file, int flags);

/// Whether an open file still has this name: it may have been removed, and another been made.
bool is_named(const base::Descriptor& descriptor, const std::filesystem::path& file);

}  // namespace yolofleet::backend::tensorrt
