#include "eval/detecting.hpp"

#include <unistd.h>

#include <optional>
#include <utility>

#include "run/report.hpp"
#include "shared/build_lines.hpp"
#include "shared/exit_code.hpp"
#include "shared/subcommands.hpp"

namespace yolofleet::command {
namespace {

RunReport run_all(const EvalArguments& arguments, EvalWork& work, Detector& detector,
                  StopSignals& stop) {
  const bool draws = ::isatty(STDERR_FILENO) != 0 && !arguments.quiet && !arguments.no_progress;
  Progress progress(draws, work.entries.size());
  Inputs inputs = Inputs::of(std::move(work.entries));
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::move(work.sink));
  LiveRun live;
  RunReport report =
      run({inputs, detector, sinks, progress, stop, live, arguments.quiet, false, false});
  const auto finished =
      sinks.front()->finish(report.complete ? Ending::kComplete : Ending::kStopped);
  if (!finished && !report.output_error) {
    report.output_error = finished.error();
  }
  return report;
}

/// The exit code of a run after which nothing is measured; prints why.
std::optional<int> early_end(const EvalArguments& arguments, const RunReport& run,
                             const FleetReport& opened, const StopSignals& stop) {
  if (run.output_error) {
    return report_error(*run.output_error);
  }
  if (!run.complete) {
    return kSignalBase + stop.received();
  }
  for (const std::string& why : failed_devices(opened, run.fleet, arguments.quiet)) {
    report_error({ErrorCode::kDevice, why});
  }
  return run.device_failed ? std::optional<int>(kDeviceFailed) : std::nullopt;
}

}  // namespace

EvalRun detect_all(const EvalArguments& arguments, EvalWork work, StopSignals& stop) {
  BuildLines building{::isatty(STDERR_FILENO) != 0 && !arguments.no_progress};
  if (!arguments.quiet) {
    work.options.on_build = building.on_build();
  }
  EvalRun ran;
  say_warnings(work.warnings, arguments.quiet);
  auto detector = Detector::open(work.model, work.options);
  if (!detector) {
    ran.exit_code = report_error(detector.error());
    return ran;
  }
  say_warnings(detector->warnings(), arguments.quiet);
  const FleetReport opened = detector->report();
  ran.run = run_all(arguments, work, *detector, stop);
  ran.devices = {detector->devices().begin(), detector->devices().end()};
  // A device that can't be opened has ended the run by now; an unused one failed the self-test.
  ran.unused_device = has_unused_device(opened);
  if (ran.run.complete && !ran.run.output_error) {
    say_warnings(left_out(ran.run), arguments.quiet);
  }
  ran.exit_code = early_end(arguments, ran.run, opened, stop);
  return ran;
}

int eval_exit_code(const EvalRun& ran, int written) noexcept {
  const int exit_code =
      written == kAllWell && ran.run.failed > 0 ? static_cast<int>(kSomePicturesFailed) : written;
  return ran.unused_device && exit_code <= kSomePicturesFailed ? kDeviceFailed : exit_code;
}

}  // namespace yolofleet::command
