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

/// An engine is code, and every user may create folders in the temporary folder. So only a folder
/// that no other user can write to is accepted, and it is created at once, before others can.
Result<fs::path> temporary_cache_folder() {
  const char* const named = std::getenv("TMPDIR");
  const fs::path folder = fs::path{named != nullptr && *named != '\0' ? named : "/tmp"} /
                          fmt::format("yolofleet-{}", geteuid());
  constexpr const char* kWhyHere =
      "built engines go there because neither XDG_CACHE_HOME nor HOME is set";
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return base::fail(ErrorCode::kIo, "{}: can't be made: {}; {}", folder.string(),
                      std::strerror(errno), kWhyHere);
  }
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0) {
    return base::fail(ErrorCode::kIo, "{}: can't be read: {}; {}", folder.string(),
                      std::strerror(errno), kWhyHere);
  }
  if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
      (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return base::fail(ErrorCode::kIo, "{}: must be a folder that only this user can write to; {}",
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
  // Writable, since some file systems give an exclusive lock on nothing else.
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
