#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

namespace yolofleet::command {

/// The options of every subcommand as Markdown tables, one for each heading of the help, between
/// comments that name the subcommand. docs/command.md holds the same text.
std::string option_tables(const CLI::App& app);

}  // namespace yolofleet::command
