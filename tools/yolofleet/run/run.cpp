#include "run/run.hpp"

#include <fmt/format.h>

#include <any>
#include <future>
#include <optional>
#include <utility>

#include "input/read.hpp"
#include "run/stopwatch.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::uint64_t kFailuresTold = 20;

/// A picture of the inputs: the tag of its result.
struct Submitted {
  std::uint64_t index;  ///< among all pictures of the run, from 0
  Entry entry;
};

/// How the inputs were read.
struct Reading {
  bool ended = false;          ///< there are no more pictures
  std::uint64_t pictures = 0;  ///< submitted pictures, and pictures whose errors were submitted
  double read_seconds = 0;
  double wait_seconds = 0;
};

Result<EncodedImage> read_entry(const Entry& entry, int stop_descriptor) {
  if (entry.error) {
    return tl::unexpected(*entry.error);
  }
  return read_file(file_of(entry), stop_descriptor);
}

/// Submits the next picture, or its error if it can't be read. False at the end of the inputs, and
/// once a stop is requested.
bool submit_next(const RunParts& parts, Reading& reading) {
  if (parts.stop.stop_requested()) {
    return false;
  }
  std::optional<Entry> entry;
  Result<EncodedImage> bytes;
  {
    const Stopwatch watch(reading.read_seconds);
    entry = parts.inputs.next();
    if (!entry) {
      reading.ended = true;
      return false;
    }
    bytes = read_entry(*entry, parts.stop.descriptor());
  }
  if (!bytes && !entry->error && bytes.error().code == ErrorCode::kCancelled) {
    return false;
  }
  const Stopwatch watch(reading.wait_seconds);
  Submitted tag{reading.pictures++, *std::move(entry)};
  const auto ticket = bytes ? parts.detector.submit(*std::move(bytes), std::move(tag))
                            : parts.detector.submit_error(bytes.error(), std::move(tag));
  return ticket.has_value();
}

Reading read_pictures(const RunParts& parts) {
  Reading reading;
  while (submit_next(parts, reading)) {
  }
  return reading;
}

/// Runs when the reading thread ends, for whatever reason.
class ReadingEnds {
 public:
  explicit ReadingEnds(Detector& detector) : detector_(detector) {}
  ReadingEnds(const ReadingEnds&) = delete;
  ReadingEnds& operator=(const ReadingEnds&) = delete;
  ~ReadingEnds() { detector_.finish(); }

 private:
  Detector& detector_;
};

/// Stops the reading thread, which may wait for room, and drops the results that are left.
class Drain {
 public:
  Drain(StopSignals& stop, Detector& detector) : stop_(stop), detector_(detector) {}
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;
  ~Drain() {
    stop_.request_stop();
    while (detector_.next()) {
    }
  }

 private:
  StopSignals& stop_;
  Detector& detector_;
};

/// `before`: when the last outcome came, in seconds of the run; becomes the time of this one.
std::optional<Outcome> next_outcome(const RunParts& parts, double& before) {
  auto result = parts.detector.next();
  if (!result) {
    return std::nullopt;
  }
  const double now = parts.progress.seconds();
  const double seconds = now - std::exchange(before, now);
  auto [index, entry] = std::any_cast<Submitted>(std::move(result->tag));
  result->index = index;
  return Outcome{index, std::move(entry), *std::move(result), seconds};
}

void count(const Outcome& outcome, RunReport& report) {
  ++report.pictures;
  report.detections += outcome.result.detections.size();
  report.pictures_over_limit += outcome.result.detections_cut > 0 ? 1U : 0U;
  report.pictures_over_room += outcome.result.candidates_dropped > 0 ? 1U : 0U;
  if (outcome.result.error) {
    ++report.failed;
    report.device_failed |= outcome.result.error->code == ErrorCode::kDevice;
  }
}

void tell_failure(const Outcome& outcome, const RunReport& report, Progress& progress) {
  if (!outcome.result.error || report.failed > kFailuresTold + 1) {
    return;
  }
  if (report.failed == kFailuresTold + 1) {
    progress.message("only the output names further failures");
    return;
  }
  const std::string& message = outcome.result.error->message;
  const bool names_it = message.rfind(outcome.entry.name, 0) == 0;
  progress.message(names_it ? message : outcome.entry.name + ": " + message);
}

void tell_device(const Outcome& outcome, Progress& progress) {
  const PictureResult& result = outcome.result;
  if (!result.error) {
    progress.message(fmt::format("{}: {}, by {}", outcome.entry.name,
                                 count_of(result.detections.size(), "detection"), result.device));
  }
}

Result<void> write(Outcome& outcome, std::vector<std::unique_ptr<Sink>>& sinks, double& seconds) {
  const Stopwatch watch(seconds);
  for (const auto& sink : sinks) {
    if (auto written = sink->write(outcome); !written) {
      return written;
    }
  }
  return {};
}

}  // namespace

RunReport run(const RunParts& parts) {
  RunReport report;
  auto reading = std::async(std::launch::async, [&] {
    const ReadingEnds finish(parts.detector);
    return read_pictures(parts);
  });
  const auto take_results = [&] {
    const Drain drain(parts.stop, parts.detector);
    parts.progress.update(0);
    double before = 0;
    while (auto outcome = next_outcome(parts, before)) {
      count(*outcome, report);
      parts.live.count(outcome->result);
      if (!parts.quiet) {
        tell_failure(*outcome, report, parts.progress);
      }
      if (parts.verbose) {
        tell_device(*outcome, parts.progress);
      }
      if (parts.clear_first) {
        parts.progress.hide();
      }
      if (auto written = write(*outcome, parts.sinks, report.write_seconds); !written) {
        report.output_error = std::move(written.error());
        parts.live.output_failed();
        return;
      }
      parts.progress.update(report.pictures);
    }
  };
  take_results();
  parts.progress.hide();
  const Reading read = reading.get();
  report.complete = read.ended && !report.output_error;
  report.seconds = parts.progress.seconds();
  report.read_seconds = read.read_seconds;
  report.wait_seconds = read.wait_seconds;
  report.fleet = parts.detector.report();
  return report;
}

}  // namespace yolofleet::command
