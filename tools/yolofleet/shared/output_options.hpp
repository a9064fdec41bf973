#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <string>

namespace yolofleet::command {

/// Headings of the help.
inline constexpr const char* kOutputGroup = "Output";
inline constexpr const char* kMessageGroup = "Messages (on standard error)";

// Each adds one option, or one pair of options, to a subcommand.

/// --json, for subcommands that print either a text or JSON.
void add_json_flag(CLI::App& app, bool& json);
/// --json FILE, for subcommands that write JSON in addition to their table.
void add_json_file_option(CLI::App& app, std::string& file);
/// --quiet and --no-progress.
void add_message_options(CLI::App& app, bool& quiet, bool& no_progress);
/// --coco-classes. `otherwise`: where category ids come from without the option.
void add_coco_classes_option(CLI::App& app, std::filesystem::path& file,
                             const std::string& otherwise, const std::string& group);

}  // namespace yolofleet::command
