#include "temporary_results.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;

Result<Results> Results::open(const std::string& keep) {
  if (!keep.empty()) {
    auto file = OutputFile::open(keep);
    if (!file) {
      return tl::unexpected(std::move(file).error());
    }
    return Results(*std::move(file), keep, {});
  }
  std::error_code error;
  const fs::path where = fs::temp_directory_path(error);
  std::string pattern = (where / "yolofleet-eval-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::kIo, "{}: no temporary folder can be made for the detections: {}",
                pattern, error ? error.message() : std::strerror(errno));
  }
  const fs::path folder = pattern;
  auto file = OutputFile::open(folder / "results.json");
  if (!file) {
    fs::remove_all(folder, error);
    return tl::unexpected(std::move(file).error());
  }
  return Results(*std::move(file), folder / "results.json", folder);
}

Results::Results(Results&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      folder_(std::exchange(other.folder_, {})) {}

Results::~Results() {
  if (!folder_.empty()) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
}

}  // namespace yolofleet::command
