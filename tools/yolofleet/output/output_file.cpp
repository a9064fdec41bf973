#include "output/output_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

constexpr mode_t kMode = 0666;  // before the umask is applied

tl::unexpected<Error> unwritable(const std::string& name, int reason) {
  return fail(ErrorCode::kIo, "{}: can't be written: {}", name, std::strerror(reason));
}

/// The file that a link leads to; `file` itself if it isn't a link.
fs::path target_of(const fs::path& file) {
  std::error_code ignored;
  const fs::path target =
      fs::is_symlink(file, ignored) ? fs::weakly_canonical(file, ignored) : file;
  return target.empty() ? file : target;
}

fs::path partial_of(fs::path file) {
  file += ".partial";
  return file;
}

}  // namespace

OutputFile::OutputFile(fs::path file, std::string name, int descriptor)
    : file_(std::move(file)), name_(std::move(name)), descriptor_(descriptor) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : file_(std::move(other.file_)),
      partial_(std::exchange(other.partial_, {})),
      name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

OutputFile::~OutputFile() {
  if (descriptor_ > STDOUT_FILENO) {
    if (!partial_.empty()) {
      ::unlink(partial_.c_str());
    }
    ::close(descriptor_);
  }
}

Result<OutputFile> OutputFile::open(const fs::path& file) {
  if (file == "-") {
    return OutputFile({}, "standard output", STDOUT_FILENO);
  }
  std::error_code ignored;
  const fs::file_status status = fs::status(file, ignored);
  if (fs::is_directory(status)) {
    return fail(ErrorCode::kIo, "{}: can't be written: it is a folder", file.string());
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
      return unwritable(file.string(), errno);
    }
    return OutputFile(file, file.string(), descriptor);
  }
  return open_partial(target_of(file), file.string());
}

Result<OutputFile> OutputFile::open_partial(const fs::path& file, std::string name) {
  fs::path partial = partial_of(file);
  // Truncated only under the lock: another run may be writing it.
  const int descriptor =
      ::open(partial.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (descriptor < 0) {
    return unwritable(name, errno);
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor);
    return fail(ErrorCode::kIo, "{}: can't be written: another run is writing {}", name,
                partial.string());
  }
  OutputFile output(file, std::move(name), descriptor);
  output.partial_ = std::move(partial);
  if (::ftruncate(descriptor, 0) != 0) {
    return output.failure(errno);
  }
  return output;
}

tl::unexpected<Error> OutputFile::failure(int reason) const {
  if (reason == EPIPE) {
    return fail(ErrorCode::kCancelled, "{}: its reader has closed it", name_);
  }
  return unwritable(name_, reason);
}

Result<void> OutputFile::append(std::string_view bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      const int reason = errno;
      if (!partial_.empty() && (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0 ||
                                ::lseek(descriptor_, static_cast<off_t>(size_), SEEK_SET) < 0)) {
        return failure(errno);
      }
      return failure(reason);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ += bytes.size();
  return {};
}

/// Network file systems report only now that the disk is full.
Result<void> OutputFile::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor > STDOUT_FILENO && ::close(descriptor) != 0 && errno != EINTR) {
    const int reason = errno;
    if (!partial_.empty()) {
      ::unlink(partial_.c_str());
    }
    return failure(reason);
  }
  return {};
}

Result<void> OutputFile::commit() {
  if (auto closed = close(); !closed) {
    return closed;
  }
  if (!partial_.empty() && std::rename(partial_.c_str(), file_.c_str()) != 0) {
    const int reason = errno;
    ::unlink(partial_.c_str());
    return failure(reason);
  }
  return {};
}

Result<void> OutputFile::keep_partial() {
  if (auto closed = close(); !closed) {
    return closed;
  }
  if (!partial_.empty() && size_ == 0) {
    ::unlink(partial_.c_str());
  }
  return {};
}

Result<void> make_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !folder.empty() && !fs::is_directory(folder, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error && !folder.empty()) {
    return fail(ErrorCode::kIo, "{}: the folder can't be made: {}", folder.string(),
                error.message());
  }
  return {};
}

std::vector<fs::path> written_files(const fs::path& output) {
  std::vector<fs::path> files{output, partial_of(target_of(output))};
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const fs::path& file) {
                               std::error_code ignored;
                               return !fs::is_regular_file(file, ignored);
                             }),
              files.end());
  return files;
}

bool writes_over(const fs::path& output, const fs::path& read) {
  const std::vector<fs::path> files = written_files(output);
  return std::any_of(files.begin(), files.end(), [&](const fs::path& file) {
    std::error_code ignored;
    return fs::equivalent(file, read, ignored);
  });
}

Result<void> write_file(const fs::path& file, std::string_view text) {
  if (auto made = make_folders(file.parent_path()); !made) {
    return made;
  }
  auto output = OutputFile::open(file);
  if (!output) {
    return tl::unexpected(std::move(output.error()));
  }
  if (auto appended = output->append(text); !appended) {
    return appended;
  }
  return output->commit();
}

Result<void> write_file(const fs::path& file, std::span<const std::byte> bytes) {
  // The language allows access to bytes as characters.
  const auto* const characters = static_cast<const char*>(static_cast<const void*>(bytes.data()));
  return write_file(file, std::string_view(characters, bytes.size()));
}

}  // namespace yolofleet::command
