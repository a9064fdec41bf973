#include "base/files.hpp"

#include <cerrno>
#include <cstdio>
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

}  // namespace

Result<std::vector<std::byte>> read_bytes(const std::filesystem::path& file, std::size_t limit) {
  return read_all<std::vector<std::byte>>(file, limit);
}

Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit) {
  return read_all<std::string>(file, limit);
}

}  // namespace yolofleet::base
