#include "base/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet::base {
namespace {

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

/// Reads until the end or until `limit` is passed, whatever the file's size was said to be.
template <typename Container>
Result<Container> read_all(const std::filesystem::path& path, std::size_t limit) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorCode::kIo, "{}: is a folder, not a file", path.string());
  }
  const File file{std::fopen(path.c_str(), "rb")};
  if (!file) {
    const int reason = errno;
    return fail(reason == ENOENT || reason == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
                "{}: can't be read: {}", path.string(), std::strerror(reason));
  }
  const auto size = std::filesystem::file_size(path, ignored);
  if (!ignored && size > limit) {
    return fail(ErrorCode::kTooLarge, "{}: {} bytes; at most {} are read", path.string(), size,
                limit);
  }
  Container content;
  content.resize(ignored ? 0 : static_cast<std::size_t>(size));
  std::size_t filled = 0;
  for (;;) {
    if (filled == content.size()) {
      // One byte more than announced shows the end, or that there is more.
      content.resize(content.size() + (content.size() / 2) + 1);
    }
    const std::size_t got =
        std::fread(content.data() + filled, 1, content.size() - filled, file.get());
    filled += got;
    if (filled > limit) {
      return fail(ErrorCode::kTooLarge, "{}: more than the {} bytes that are read at most",
                  path.string(), limit);
    }
    if (got == 0) {
      break;
    }
  }
  if (std::ferror(file.get()) != 0) {
    return fail(ErrorCode::kIo, "{}: can't be read: {}", path.string(), std::strerror(errno));
  }
  content.resize(filled);
  return content;
}

tl::unexpected<Error> io_error(const std::filesystem::path& file, const char* doing) {
  return fail(ErrorCode::kIo, "{}: can't {}: {}", file.string(), doing, std::strerror(errno));
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::vector<std::byte>> read_bytes(const std::filesystem::path& file, std::size_t limit) {
  return read_all<std::vector<std::byte>>(file, limit);
}

Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit) {
  return read_all<std::string>(file, limit);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::kIo, "{}: can't be made: {}", folder.string(), error.message());
  }
  return {};
}

Result<void> write_atomically(const std::filesystem::path& file,
                              std::initializer_list<std::span<const std::byte>> parts) {
  if (file.has_parent_path()) {
    if (auto made = make_folder(file.parent_path()); !made) {
      return made;
    }
  }
  std::string temporary = file.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return io_error(temporary, "be made");
  }
  const bool written = std::all_of(parts.begin(), parts.end(),
                                   [&](auto part) { return write_all(descriptor, part); });
  const bool flushed = written && ::fsync(descriptor) == 0;
  const int write_error = errno;
  const bool closed = ::close(descriptor) == 0;
  if (flushed && closed && ::rename(temporary.c_str(), file.c_str()) == 0) {
    return {};
  }
  if (!flushed) {
    errno = write_error;
  }
  const auto error = io_error(file, "be written");
  static_cast<void>(::unlink(temporary.c_str()));
  return error;
}

}  // namespace yolofleet::base
