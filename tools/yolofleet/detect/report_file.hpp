#pragma once

#include <optional>
#include <string>

#include "output/output_file.hpp"
#include "run/report.hpp"

namespace yolofleet::command {

/// The file of --report; nothing without a name. Errors: as OutputFile::open.
Result<std::optional<OutputFile>> open_report(const std::string& name);

/// Writes the report and prints the error if that fails; returns the run's exit code, which is that
/// of the report where only that failed.
int write_report(std::optional<OutputFile>& file, const RunReport& report, int exit_code);

}  // namespace yolofleet::command
