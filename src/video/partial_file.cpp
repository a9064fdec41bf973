#include "video/partial_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "base/fail.hpp"

namespace yolofleet::video {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0666;  // before the umask is applied

tl::unexpected<Error> unwritable(const std::string& name, int reason) {
  return base::fail(ErrorCode::kIo, "{}: can't be written: {}", name, std::strerror(reason));
}

/// The file that a link leads to; `file` itself if it isn't a link.
fs::path target_of(const fs::path& file) {
  std::error_code ignored;
  const fs::path target =
      fs::is_symlink(file, ignored) ? fs::weakly_canonical(file, ignored) : file;
  return target.empty() ? file : target;
}

}  // namespace

PartialFile::PartialFile(fs::path file, fs::path partial, std::string name,
                         base::Descriptor descriptor)
    : file_(std::move(file)),
      partial_(std::move(partial)),
      name_(std::move(name)),
      descriptor_(std::move(descriptor)) {}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : file_(std::move(other.file_)),
      partial_(std::exchange(other.partial_, {})),
      name_(std::move(other.name_)),
      descriptor_(std::move(other.descriptor_)) {}

PartialFile::~PartialFile() {
  if (!partial_.empty()) {
    ::unlink(partial_.c_str());
  }
}

Result<PartialFile> PartialFile::open(const fs::path& file) {
  std::error_code ignored;
  const fs::file_status status = fs::status(file, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return base::fail(ErrorCode::kIo, "{}: can't be written: it isn't a regular file",
                      file.string());
  }
  const fs::path target = target_of(file);
  fs::path partial = target;
  partial += ".partial";
  // Emptied only under the lock: another process may be writing it.
  base::Descriptor descriptor(
      ::open(partial.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (descriptor.get() < 0) {
    return unwritable(file.string(), errno);
  }
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return base::fail(ErrorCode::kIo, "{}: can't be written: another run is writing {}",
                      file.string(), partial.string());
  }
  PartialFile made(target, std::move(partial), file.string(), std::move(descriptor));
  if (::ftruncate(made.descriptor(), 0) != 0) {
    return unwritable(made.name_, errno);
  }
  return made;
}

Result<void> PartialFile::commit() {
  // Network file systems report only when a file is closed that the disk is full. This object keeps
  // its own descriptor, and with it the lock, until it is destroyed.
  const int closed = ::dup(descriptor());
  if (closed < 0 || (::close(closed) != 0 && errno != EINTR)) {
    return unwritable(name_, errno);
  }
  if (std::rename(partial_.c_str(), file_.c_str()) != 0) {
    return unwritable(name_, errno);
  }
  partial_.clear();
  return {};
}

}  // namespace yolofleet::video
