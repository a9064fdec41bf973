#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <span>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

// Each adds its subcommand to `app`. The subcommand sets `exit_code` when it runs.
void add_detect(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_build(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);
void add_eval(CLI::App& app, int& exit_code);
void add_cache(CLI::App& app, int& exit_code);
void add_devices(CLI::App& app, int& exit_code);

/// Sets the line that the help begins with.
void set_usage(CLI::App& app, const std::string& usage);

/// Says "yolofleet: warning: ..." on standard error for each, unless `quiet`.
void say_warnings(std::span<const std::string> warnings, bool quiet = false);

/// Says "yolofleet: error: ..." on standard error, after the error's warnings unless `quiet`, and
/// gives the exit code: kDeviceFailed for kDevice, else kWrongUse.
int report_error(const Error& error, bool quiet = false);

/// Writes to standard output and gives the exit code.
int print(const std::string& text);

}  // namespace yolofleet::command
