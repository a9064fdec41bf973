#include "detect/over_originals.hpp"

#include <filesystem>
#include <map>
#include <system_error>

#include "output/sink.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Error> over_original(const OutputOptions& options, const Entry& entry) {
  return fail(ErrorCode::kInvalidArgument,
              "--annotated {}: would write over the {} {} itself; name another folder",
              options.annotated.string(), entry.video.empty() ? "picture" : "video", entry.name);
}

}  // namespace

Result<void> check_not_over_originals(const Entry& entry, const OutputOptions& options) {
  std::error_code ignored;
  const fs::path file = annotated_file(options.annotated, entry);
  if (fs::equivalent(file, entry.name, ignored)) {
    return over_original(options, entry);
  }
  return {};
}

Result<void> check_not_over_videos(const std::vector<Entry>& videos, const OutputOptions& options) {
  if (options.annotated.empty()) {
    return {};
  }
  std::map<fs::path, const Entry*> read;
  std::error_code ignored;
  for (const Entry& entry : videos) {
    read.emplace(fs::weakly_canonical(entry.video, ignored), &entry);
  }
  for (const Entry& entry : videos) {
    const fs::path file = annotated_file(options.annotated, entry);
    const auto found = read.find(fs::weakly_canonical(file, ignored));
    if (fs::exists(file, ignored) && found != read.end()) {
      return over_original(options, *found->second);
    }
  }
  return {};
}

}  // namespace yolofleet::command
