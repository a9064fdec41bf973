#include "detect/existing_labels.hpp"

#include <algorithm>
#include <system_error>

#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

bool has_any_file(const fs::path& folder) {
  std::error_code missing;
  return fs::is_directory(folder, missing) && !fs::is_empty(folder, missing);
}

}  // namespace

ExistingLabels::ExistingLabels(const OutputOptions& options, std::span<const fs::path> read)
    : options_(options),
      read_(read),
      active_(!options.yolo.empty() && has_any_file(options.yolo)) {}

bool ExistingLabels::may_have_files(const fs::path& folder) {
  if (folder_ != folder) {
    folder_ = folder;
    has_files_ = has_any_file(folder);
  }
  return has_files_;
}

Result<void> ExistingLabels::check(const Entry& entry) {
  if (!active_) {
    return {};
  }
  const fs::path file = yolo_txt_file(options_.yolo, entry);
  std::error_code ignored;
  if (!may_have_files(file.parent_path()) || !fs::exists(fs::symlink_status(file, ignored))) {
    return {};
  }
  const auto is_it = [&](const fs::path& read) { return fs::equivalent(file, read, ignored); };
  if (std::any_of(read_.begin(), read_.end(), is_it)) {
    return fail(ErrorCode::kInvalidArgument,
                "--yolo {}: would write over {}, which this run reads; name another folder",
                options_.yolo.string(), file.string());
  }
  if (!options_.overwrite) {
    return fail(ErrorCode::kInvalidArgument,
                "--yolo {}: {} exists already; name another folder, or give --overwrite to replace "
                "the label files",
                options_.yolo.string(), file.string());
  }
  return {};
}

}  // namespace yolofleet::command
