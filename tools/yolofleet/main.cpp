#include <fcntl.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "shared/exit_code.hpp"
#include "shared/option_tables.hpp"
#include "shared/subcommands.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::command {
namespace {

int run_command(int argc, char** argv) {
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
  if (argc == 2 && std::string_view(argv[1]) == "--help-markdown") {
    return print(option_tables(app));  // for docs/command.md; not in the help
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way, too, with 0.
    if (error.get_exit_code() == 0) {
      return app.exit(error);
    }
    if (argc > 1 && app.get_subcommands().empty()) {
      return report_error(
          {ErrorCode::kInvalidArgument, "'" + std::string(argv[1]) +
                                            "' isn't a subcommand: detect, inspect, build, bench, "
                                            "verify, eval, cache or devices"});
    }
    if (argc > 2 && app.got_subcommand("cache") &&
        app.get_subcommand("cache")->get_subcommands().empty()) {
      return report_error(
          {ErrorCode::kInvalidArgument,
           "'" + std::string(argv[2]) + "' isn't a subcommand of cache: list, export or clear"});
    }
    return report_error(
        {ErrorCode::kInvalidArgument, std::string(error.what()) + " (see `yolofleet --help`)"});
  }
  return exit_code;
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

}  // namespace
}  // namespace yolofleet::command

int main(int argc, char** argv) {
  try {
    // A write to a pipe that nobody reads fails with an error instead.
    std::signal(SIGPIPE, SIG_IGN);
    yolofleet::command::open_standard_streams();
    return yolofleet::command::run_command(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "yolofleet: error: %s\n", error.what());
    return yolofleet::command::kDeviceFailed;
  }
}
