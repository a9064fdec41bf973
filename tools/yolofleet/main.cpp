#include <fcntl.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "darknet/translate.hpp"
#include "shared/exit_code.hpp"
#include "shared/freed_memory.hpp"
#include "shared/habits.hpp"
#include "shared/option_tables.hpp"
#include "shared/shell_words.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::command {
namespace {

/// Says what is wrong with the words (the program's name first), or prints the help or the version;
/// gives the exit code.
int end_parsing(const CLI::App& app, std::span<const std::string> words,
                const CLI::ParseError& error) {
  // Help and version come this way, too, with 0.
  if (error.get_exit_code() == 0) {
    return app.exit(error);
  }
  const auto refuse = [](std::string message) {
    return report_error({ErrorCode::kInvalidArgument, std::move(message)});
  };
  const auto refuse_subcommand = [&](const std::string& word, const std::string& advice) {
    return refuse("unknown subcommand " + shell_quoted(word) + ": " + advice);
  };
  const auto is_first_word = [&](const CLI::App* each) { return each->get_name() == words[1]; };
  if (words.size() > 1 && app.get_subcommands(is_first_word).empty()) {
    std::string meant = meant_subcommand(words[1]);
    meant = meant.empty() ? near_subcommand(app, words[1]) : meant;
    return refuse_subcommand(words[1], meant.empty()
                                           ? "there are detect, inspect, build, bench, verify, "
                                             "eval, cache and devices"
                                           : meant);
  }
  if (words.size() > 2 && app.got_subcommand("cache") &&
      app.get_subcommand("cache")->get_subcommands().empty()) {
    const std::string meant = near_subcommand(*app.get_subcommand("cache"), words[2]);
    return refuse_subcommand("cache " + words[2],
                             meant.empty() ? "there are list, export and clear" : meant);
  }
  std::string help = "yolofleet";
  for (auto given = app.get_subcommands(); !given.empty();
       given = given.front()->get_subcommands()) {
    help += " " + given.front()->get_name();
  }
  return refuse(std::string(error.what()) + " (see `" + help + " --help`)");
}

/// Runs what the words ask for (the program's name first), unless they are wrong or Darknet's.
int run_words(CLI::App& app, std::span<const std::string> words, const int& exit_code) {
  if (const auto translation = translate_darknet(app, words)) {
    say(translation_text(*translation));
    return kWrongUse;
  }
  auto checked = checked_words(app, words.subspan(words.empty() ? 0 : 1));
  if (!checked) {
    return report_error(checked.error());
  }
  unmark_names(app);
  std::reverse(checked->begin(), checked->end());  // CLI11 takes the last one first
  try {
    app.parse(*std::move(checked));
  } catch (const CLI::ParseError& error) {
    return end_parsing(app, words, error);
  }
  return exit_code;
}

int run_command(std::span<const std::string> words) {
  CLI::App app("Runs YOLOv4-family detectors straight from Darknet's .cfg and .weights files.",
               "yolofleet");
  set_usage(app, "yolofleet SUBCOMMAND [OPTIONS] ...");
  app.set_version_flag("--version", "yolofleet " + std::string(version()));
  app.require_subcommand(1);
  app.footer("Run `yolofleet SUBCOMMAND --help` for the options of a subcommand.");
  int exit_code = kAllWell;
  add_detect(app, exit_code);
  add_inspect(app, exit_code);
  add_build(app, exit_code);
  add_bench(app, exit_code);
  add_verify(app, exit_code);
  add_eval(app, exit_code);
  add_cache(app, exit_code);
  add_devices(app, exit_code);
  if (words.size() == 2 && words[1] == "--help-markdown") {
    return print(option_tables(app));  // for docs/command.md; not in the help
  }
  return run_words(app, words, exit_code);
}

/// Opens /dev/null for each closed standard stream. Otherwise the next opened file would get the
/// number of that stream, and be read or written in its place.
void open_standard_streams() {
  for (;;) {
    const int descriptor = ::open("/dev/null", O_RDWR);  // the lowest number that is free
    if (descriptor < 0) {
      return;
    }
    if (descriptor > STDERR_FILENO) {
      ::close(descriptor);
      return;
    }
  }
}

/// Gives the streams of a GPU 32 queues in its hardware, the most that there are, instead of 8:
/// streams that share one wait for each other. CUDA reads it when it is first called. The user's
/// own value stays. Measured: docs/measurements/2026-12-01.md.
void separate_streams() {
  constexpr int kReplace = 0;
  ::setenv("CUDA_DEVICE_MAX_CONNECTIONS", "32", kReplace);
}

}  // namespace
}  // namespace yolofleet::command

int main(int argc, char** argv) {
  try {
    // A write to a pipe that nobody reads fails with an error instead.
    std::signal(SIGPIPE, SIG_IGN);
    yolofleet::command::open_standard_streams();
    yolofleet::command::keep_freed_memory();
    yolofleet::command::separate_streams();
    return yolofleet::command::run_command(std::vector<std::string>(argv, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "yolofleet: error: %s\n", error.what());
    return yolofleet::command::kDeviceFailed;
  }
}
