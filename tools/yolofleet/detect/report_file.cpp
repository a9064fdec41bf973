#include "detect/report_file.hpp"

#include <utility>

#include "shared/exit_code.hpp"
#include "shared/subcommands.hpp"

namespace yolofleet::command {

Result<std::optional<OutputFile>> open_report(const std::string& name) {
  std::optional<OutputFile> file;
  if (!name.empty()) {
    auto opened = OutputFile::open(name);
    if (!opened) {
      return tl::unexpected(std::move(opened.error()));
    }
    file.emplace(*std::move(opened));
  }
  return file;
}

int write_report(std::optional<OutputFile>& file, const RunReport& report, const Options& options,
                 int exit_code) {
  if (!file) {
    return exit_code;
  }
  auto written = file->append(report_json(report, options));
  if (written) {
    written = file->commit();
  }
  if (written) {
    return exit_code;
  }
  const int failed = written.error().code == ErrorCode::kCancelled ? static_cast<int>(kBrokenPipe)
                                                                   : report_error(written.error());
  return exit_code <= kSomePicturesFailed ? failed : exit_code;
}

}  // namespace yolofleet::command
