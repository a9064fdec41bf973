#include "run/run.hpp"

#include <fmt/format.h>

#include <future>
#include <utility>

#include "input/read.hpp"
#include "run/bounded_queue.hpp"
#include "run/pairing.hpp"
#include "run/stopwatch.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::uint64_t kFailuresTold = 20;

using Queue = BoundedQueue<Pending>;

Result<EncodedImage> read_entry(const Entry& entry, int stop_descriptor) {
  return read_file(file_of(entry), stop_descriptor);
}

/// How the inputs are read.
struct Reading {
  bool ended = false;          ///< there are no more
  std::uint64_t pictures = 0;  ///< begun with
  std::uint64_t handed_in = 0;
  double read_seconds = 0;
  double wait_seconds = 0;
};

/// Hands the picture in, or leaves in its entry why it couldn't be; kCancelled is an error.
Result<void> hand_in(Pending& pending, const RunParts& parts, Reading& reading) {
  auto bytes = [&] {
    const Stopwatch watch(reading.read_seconds);
    return read_entry(pending.entry, parts.stop.descriptor());
  }();
  const Stopwatch watch(reading.wait_seconds);
  auto submitted =
      bytes ? parts.detector.submit(*std::move(bytes)) : tl::unexpected(std::move(bytes).error());
  if (submitted) {
    pending.ticket = reading.handed_in++;
  } else if (submitted.error().code == ErrorCode::kCancelled) {
    return submitted;
  } else {
    pending.entry.error = std::move(submitted).error();
  }
  return {};
}

/// The next picture, handed in if it can be. Nothing at the end, and once a stop is requested.
std::optional<Pending> read_next(const RunParts& parts, Reading& reading) {
  if (parts.stop.stop_requested()) {
    return std::nullopt;
  }
  auto entry = [&] {
    const Stopwatch watch(reading.read_seconds);
    return parts.inputs.next();
  }();
  if (!entry) {
    reading.ended = true;
    return std::nullopt;
  }
  Pending pending{reading.pictures++, *std::move(entry), std::nullopt};
  if (!pending.entry.error && !hand_in(pending, parts, reading)) {
    return std::nullopt;
  }
  return pending;
}

Reading read_pictures(const RunParts& parts, Queue& queue) {
  Reading reading;
  while (auto pending = read_next(parts, reading)) {
    const Stopwatch watch(reading.wait_seconds);
    queue.push(*std::move(pending));
  }
  return reading;
}

/// Runs at the end of the reading thread, whatever ends it.
class ReadingEnds {
 public:
  ReadingEnds(Detector& detector, Queue& queue) : detector_(detector), queue_(queue) {}
  ReadingEnds(const ReadingEnds&) = delete;
  ReadingEnds& operator=(const ReadingEnds&) = delete;
  ~ReadingEnds() {
    detector_.finish();
    queue_.close();
  }

 private:
  Detector& detector_;
  Queue& queue_;
};

/// Lets the reading thread come to its end when nobody wants the results any more.
class Drain {
 public:
  Drain(StopSignals& stop, Pairing& pairing) : stop_(stop), pairing_(pairing) {}
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;
  ~Drain() {
    stop_.request_stop();
    pairing_.drain();
  }

 private:
  StopSignals& stop_;
  Pairing& pairing_;
};

void count(const Outcome& outcome, RunReport& report) {
  ++report.pictures;
  report.detections += outcome.result.detections.size();
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
    progress.message("further failures are told in the output alone");
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
  Queue queue(parts.detector.capacity());
  auto reading = std::async(std::launch::async, [&] {
    const ReadingEnds at_end(parts.detector, queue);
    return read_pictures(parts, queue);
  });
  const auto take_results = [&] {
    Pairing pairing(queue, [&] { return parts.detector.next(); });
    const Drain drain(parts.stop, pairing);
    parts.progress.update(0);
    while (auto outcome = pairing.take()) {
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
