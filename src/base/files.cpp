#include "base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <string_view>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet::base {
namespace {

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

/// Reads until the end, or until more than `limit` bytes were read; doesn't rely on the file's
/// size.
template <typename Container>
void read_rest(std::FILE* file, std::size_t limit, Container& content) {
  std::size_t filled = 0;
  while (filled <= limit) {
    if (filled == content.size()) {
      // One byte shows whether this is the end: memory is taken only where there is more.
      const int more = std::fgetc(file);
      if (more == EOF) {
        break;
      }
      content.resize(filled + (filled / 2) + 1);
      content[filled] = static_cast<typename Container::value_type>(more);
      ++filled;
      continue;
    }
    const std::size_t got = std::fread(content.data() + filled, 1, content.size() - filled, file);
    filled += got;
    if (got == 0) {
      break;
    }
  }
  content.resize(filled);
}

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
  try {
    content.resize(ignored ? 0 : static_cast<std::size_t>(size));
    read_rest(file.get(), limit, content);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kTooLarge, "{}: no memory for its bytes", path.string());
  }
  if (content.size() > limit) {
    return fail(ErrorCode::kTooLarge, "{}: more than the {} bytes that are read at most",
                path.string(), limit);
  }
  if (std::ferror(file.get()) != 0) {
    return fail(ErrorCode::kIo, "{}: can't be read: {}", path.string(), std::strerror(errno));
  }
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

/// Creates a file with a new name: `begin` and six letters or digits, which are appended to it.
/// mkostemp would create a file that no other user can read. Returns -1 and sets errno on failure.
int make_temporary(std::string& begin) {
  constexpr std::string_view kCharacters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr int kTries = 100;
  constexpr int kDigits = 6;
  std::random_device random;
  std::uniform_int_distribution<std::size_t> any{0, kCharacters.size() - 1};
  const std::size_t length = begin.size();
  int descriptor = -1;
  for (int i = 0; i < kTries && descriptor < 0; ++i) {
    begin.resize(length);
    for (int digit = 0; digit < kDigits; ++digit) {
      begin += kCharacters[any(random)];
    }
    descriptor = ::open(begin.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST) {
      break;
    }
  }
  return descriptor;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) {
    static_cast<void>(::close(number_));
  }
}

Result<Descriptor> open_regular(const std::filesystem::path& file, int flags) {
  Descriptor descriptor{::open(file.c_str(), flags | O_NONBLOCK | O_CLOEXEC, 0666)};
  struct stat status {};
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0) {
    const int reason = errno;
    return fail(reason == ENOENT || reason == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo, "{}",
                std::strerror(reason));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "isn't a regular file");
  }
  return descriptor;
}

Result<std::size_t> read_some(const Descriptor& file, std::span<std::byte> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(ErrorCode::kIo, "{}", std::strerror(errno));
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

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
  std::string temporary = file.string() + '.';
  const int descriptor = make_temporary(temporary);
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
