#include "backend/tensorrt/engine/cache_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

/// Anybody may make a folder in the temporary one, and an engine is code: only one that nobody else
/// can write is taken. It is made at once, so that it is ours from then on.
Result<fs::path> temporary_cache_folder() {
  const char* const named = std::getenv("TMPDIR");
  const fs::path folder = fs::path{named != nullptr && *named != '\0' ? named : "/tmp"} /
                          fmt::format("yolofleet-{}", geteuid());
  constexpr const char* kWhyHere = "it is for built engines, as neither XDG_CACHE_HOME nor HOME is";
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return base::fail(ErrorCode::kIo, "{}: can't be made: {}; {} set", folder.string(),
                      std::strerror(errno), kWhyHere);
  }
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0) {
    return base::fail(ErrorCode::kIo, "{}: can't be read: {}; {} set", folder.string(),
                      std::strerror(errno), kWhyHere);
  }
  if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
      (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return base::fail(ErrorCode::kIo,
                      "{}: isn't a folder of this user that nobody else can write; {} set",
                      folder.string(), kWhyHere);
  }
  return folder;
}

}  // namespace

Result<fs::path> default_cache_folder() {
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return fs::path{cache} / "yolofleet";
  }
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return fs::path{home} / ".cache" / "yolofleet";
  }
  return temporary_cache_folder();
}

Result<std::vector<fs::path>> files_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    files.push_back(at->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return base::fail(ErrorCode::kIo, "{}: can't be read: {}", folder.string(), error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<base::Descriptor> open_lock(const fs::path& file, int flags) {
  // Writable, since some file systems lock nothing else for one alone.
  auto lock = base::open_regular(file, O_RDWR | O_NOFOLLOW | flags);
  if (lock) {
    return lock;
  }
  auto readable = base::open_regular(file, O_RDONLY | O_NOFOLLOW);
  return readable ? std::move(readable) : std::move(lock);
}

bool is_named(const base::Descriptor& descriptor, const fs::path& file) {
  struct stat opened {};
  struct stat named {};
  return fstat(descriptor.get(), &opened) == 0 && lstat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace yolofleet::backend::tensorrt
