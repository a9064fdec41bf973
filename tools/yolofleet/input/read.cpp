#include "input/read.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16U;

/// An open file, closed at the end unless it is standard input.
class Descriptor {
 public:
  // Without O_NONBLOCK the open itself would wait for the writer of a named pipe.
  explicit Descriptor(const std::filesystem::path& file)
      : value_(file == "-" ? STDIN_FILENO
                           : ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ > STDIN_FILENO) {
      ::close(value_);
    }
  }
  int value() const noexcept { return value_; }

 private:
  int value_;
};

/// Waits until there is something to read; false if reading is to be given up.
bool wait_for_input(int descriptor, int stop_descriptor) {
  std::array<pollfd, 2> polled{pollfd{descriptor, POLLIN, 0}, pollfd{stop_descriptor, POLLIN, 0}};
  while (::poll(polled.data(), polled.size(), -1) < 0 && errno == EINTR) {
  }
  return polled[1].revents == 0;
}

tl::unexpected<Error> unreadable(const std::string& name, int reason) {
  const bool missing = reason == ENOENT || reason == ENOTDIR;
  return fail(missing ? ErrorCode::kNotFound : ErrorCode::kIo, "{}: can't be read: {}", name,
              std::strerror(reason));
}

}  // namespace

std::filesystem::path file_of(const Entry& entry) {
  return entry.name == "-" && !entry.standard_input ? "./-" : entry.name;
}

Result<EncodedImage> read_file(const std::filesystem::path& file, int stop_descriptor,
                               std::size_t limit) {
  const std::string name = file == "-" ? "standard input" : file.string();
  const Descriptor descriptor(file);
  struct stat status {};
  if (descriptor.value() < 0 || ::fstat(descriptor.value(), &status) != 0) {
    return unreadable(name, errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kIo, "{}: is a folder, not a file", name);
  }
  const bool regular = S_ISREG(status.st_mode);
  const std::size_t size = regular ? static_cast<std::size_t>(status.st_size) : 0;
  if (size > limit) {
    return fail(ErrorCode::kTooLarge, "{}: {} bytes; at most {} are read", name, size, limit);
  }
  EncodedImage content(size + 1);  // room for one more byte: `read` then finds the end
  std::size_t filled = 0;
  for (;;) {
    if (!regular && !wait_for_input(descriptor.value(), stop_descriptor)) {
      return fail(ErrorCode::kCancelled, "{}: reading was stopped", name);
    }
    if (filled == content.size()) {
      content.resize(filled + (filled / 2) + kChunk);
    }
    const ssize_t got =
        ::read(descriptor.value(), content.data() + filled, content.size() - filled);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (got < 0) {
      return unreadable(name, errno);
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
    if (filled > limit) {
      return fail(ErrorCode::kTooLarge, "{}: more than {} bytes, the most that is read", name,
                  limit);
    }
  }
  content.resize(filled);
  return content;
}

}  // namespace yolofleet::command
