#include "detect/existing_labels.hpp"

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

ExistingLabels::ExistingLabels(const OutputOptions& options)
    : options_(options),
      active_(!options.yolo.empty() && !options.overwrite && has_any_file(options.yolo)) {}

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
  if (may_have_files(file.parent_path()) && fs::exists(fs::symlink_status(file, ignored))) {
    return fail(ErrorCode::kInvalidArgument,
                "--yolo {}: {} exists already; name another folder, or give --overwrite to replace "
                "the label files",
                options_.yolo.string(), file.string());
  }
  return {};
}

}  // namespace yolofleet::command
