#pragma once

#include <optional>
#include <string>

#include "output/output_file.hpp"
#include "run/report.hpp"

namespace yolofleet::command {

/// The file of --report; nothing without a name. Errors: as OutputFile::open.
Result<std::optional<OutputFile>> open_report(const std::string& name);

/// Writes the report of a run with `options`, and prints the error if that fails. Returns the run's
/// exit code, or the report's if only the report failed.
int write_report(std::optional<OutputFile>& file, const RunReport& report, const Options& options,
                 int exit_code);

}  // namespace yolofleet::command
