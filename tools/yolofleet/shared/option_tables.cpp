#include "shared/option_tables.hpp"

#include <CLI/Option.hpp>

#include <fmt/format.h>

namespace yolofleet::command {
namespace {

/// Text of a table's cell.
std::string table_cell(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    escaped += letter == '|'   ? "\\|"
               : letter == '<' ? "&lt;"
               : letter == '*' ? "\\*"
                               : std::string{letter};
  }
  return escaped;
}

/// "`-o`, `--output FILE`"
std::string option_names(const CLI::Option& option) {
  std::string text;
  for (const std::string& name : option.get_snames()) {
    text += fmt::format("`-{}`, ", name);
  }
  const std::string type = option.get_type_name();
  return text +
         fmt::format("`--{}{}{}`", option.get_lnames().front(), type.empty() ? "" : " ", type);
}

std::string option_row(const CLI::Option& option) {
  const std::string otherwise = option.get_default_str();
  return fmt::format("| {} | {} | {} |\n", option_names(option),
                     otherwise.empty() ? "" : fmt::format("`{}`", otherwise),
                     table_cell(option.get_description()));
}

/// A table for each heading of the help.
std::string grouped_tables(const CLI::App& app) {
  std::string text;
  for (const std::string& group : app.get_groups()) {
    const auto options = app.get_options([&](const CLI::Option* option) {
      return option->get_group() == group && !option->get_lnames().empty() &&
             option->get_lnames().front() != "help";
    });
    if (group.empty() || options.empty()) {
      continue;
    }
    text += fmt::format("\n{}:\n\n| option | default | |\n|---|---|---|\n", group);
    for (const CLI::Option* option : options) {
      text += option_row(*option);
    }
  }
  return text;
}

void add_subcommand_tables(const CLI::App& app, const std::string& name, std::string& text) {
  for (const CLI::App* const subcommand :
       app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string full_name =
        name.empty() ? subcommand->get_name() : name + ' ' + subcommand->get_name();
    if (const std::string options = grouped_tables(*subcommand); !options.empty()) {
      text +=
          fmt::format("<!-- options of {} -->\n{}\n<!-- end of options -->\n", full_name, options);
    }
    add_subcommand_tables(*subcommand, full_name, text);
  }
}

}  // namespace

std::string option_tables(const CLI::App& app) {
  std::string text;
  add_subcommand_tables(app, "", text);
  return text;
}

}  // namespace yolofleet::command
