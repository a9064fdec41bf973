#include "eval/temporary_results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;

Result<Results> Results::open(const std::string& keep) {
  if (!keep.empty()) {
    auto file = OutputFile::open(keep);
    if (!file) {
      return tl::unexpected(std::move(file).error());
    }
    return Results(*std::move(file), keep, -1);
  }
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  std::string name = (folder / "yolofleet-eval-XXXXXX").string();
  const int descriptor = error ? -1 : ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::kIo, "{}: no temporary file can be made for the detections: {}", name,
                error ? error.message() : std::strerror(errno));
  }
  ::unlink(name.c_str());
  const int kept = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (kept < 0) {
    const int reason = errno;
    ::close(descriptor);
    return fail(ErrorCode::kIo, "{}: can't be kept open: {}", name, std::strerror(reason));
  }
  return Results(OutputFile::over(descriptor, name),
                 fmt::format("/proc/{}/fd/{}", ::getpid(), kept), kept);
}

Results::Results(Results&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

Results::~Results() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

}  // namespace yolofleet::command
