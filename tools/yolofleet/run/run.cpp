#include "run/run.hpp"

#include <fmt/format.h>

#include <any>
#include <atomic>
#include <future>
#include <optional>
#include <utility>

#include "input/read_ahead.hpp"
#include "run/stopwatch.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::uint64_t kFailuresTold = 20;

/// How the inputs were read, by the thread that submits them.
struct Reading {
  bool ended = false;       ///< there are no more pictures
  double read_seconds = 0;  ///< spent in waiting for the next file
  double wait_seconds = 0;  ///< spent in waiting for room for it
};

/// Submits the next picture, or its error if it couldn't be read. False at the end of the inputs,
/// and once a stop is requested.
bool submit_next(const RunParts& parts, ReadAhead& ahead, Reading& reading) {
  std::optional<ReadPicture> picture;
  {
    const Stopwatch watch(reading.read_seconds);
    picture = ahead.next();
  }
  if (!picture) {
    return false;
  }
  const Stopwatch watch(reading.wait_seconds);
  if (parts.videos != nullptr) {
    parts.videos->admit_picture([&] { return parts.stop.stop_requested(); });
  }
  Entry tag = std::move(picture->entry);
  Result<EncodedImage>& bytes = picture->bytes;
  const auto ticket = bytes ? parts.detector.submit(*std::move(bytes), std::move(tag))
                            : parts.detector.submit_error(bytes.error(), std::move(tag));
  return ticket.has_value();
}

Reading read_pictures(const RunParts& parts) {
  Reading reading;
  ReadAhead ahead(parts.inputs, file_reader(parts.stop.descriptor()),
                  [&stop = parts.stop] { return stop.stop_requested(); });
  while (submit_next(parts, ahead, reading)) {
  }
  reading.ended = ahead.ended();
  return reading;
}

/// Submits the frames of the videos.
void pump_videos(const RunParts& parts) {
  Detector& detector = parts.detector;
  parts.videos->run({[&](Picture picture, Entry tag) {
                       if (parts.draws_frame && parts.draws_frame(*tag.frame)) {
                         picture =
                             to_rgb(std::get<Planes>(picture).view(), detector.pixel_memory());
                       }
                       return detector.submit(std::move(picture), std::move(tag)).has_value();
                     },
                     [&](Error error, Entry tag) {
                       return detector.submit_error(std::move(error), std::move(tag)).has_value();
                     },
                     [&](const std::string& text) {
                       if (!parts.quiet) {
                         parts.progress.message(text);
                       }
                     },
                     [&] { return parts.stop.stop_requested(); }});
}

/// Of the threads that submit. The last that ends, for whatever reason, declares the end.
class ReadingEnds {
 public:
  ReadingEnds(Detector& detector, std::atomic<int>& reading)
      : detector_(detector), reading_(reading) {}
  ReadingEnds(const ReadingEnds&) = delete;
  ReadingEnds& operator=(const ReadingEnds&) = delete;
  ~ReadingEnds() {
    if (--reading_ == 0) {
      detector_.finish();
    }
  }

 private:
  Detector& detector_;
  std::atomic<int>& reading_;
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

/// Videos are known by their names, which standard input has none of.
void tell_about_standard_input(const Entry& entry, std::optional<Error>& error) {
  if (entry.standard_input && error && error->code == ErrorCode::kUnsupported) {
    error->message += "; standard input takes pictures only: save a video to a file";
  }
}

/// `before`: when the last outcome came, in seconds of the run; becomes the time of this one.
std::optional<Outcome> next_outcome(const RunParts& parts, double& before) {
  auto result = parts.detector.next();
  if (!result) {
    return std::nullopt;
  }
  const double now = parts.progress.seconds();
  const double seconds = now - std::exchange(before, now);
  auto entry = std::any_cast<Entry>(std::move(result->tag));
  const std::uint64_t index = entry.number;
  result->index = index;
  tell_about_standard_input(entry, result->error);
  return Outcome{index, std::move(entry), *std::move(result), seconds};
}

/// The error of a whole video isn't the outcome of a picture.
bool is_picture(const Entry& entry) {
  return entry.video.empty() || entry.frame;
}

void count(const Outcome& outcome, const RunParts& parts, RunReport& report) {
  report.pictures += is_picture(outcome.entry) ? 1U : 0U;
  if (outcome.entry.frame) {
    ++report.frames;
    parts.videos->taken(*outcome.entry.frame);
  } else if (parts.videos != nullptr && is_picture(outcome.entry)) {
    parts.videos->picture_taken();
  }
  report.detections += outcome.result.detections.size();
  report.pictures_over_limit += outcome.result.detections_cut > 0 ? 1U : 0U;
  report.pictures_over_room += outcome.result.candidates_dropped > 0 ? 1U : 0U;
  if (outcome.result.error) {
    ++report.failed;
    report.device_failed |= outcome.result.error->code == ErrorCode::kDevice;
  }
}

void tell_failure(const std::optional<Error>& error, const Entry& entry, const RunReport& report,
                  Progress& progress) {
  if (!error || report.failed > kFailuresTold + 1) {
    return;
  }
  if (report.failed == kFailuresTold + 1) {
    progress.message("only the output names further failures");
    return;
  }
  const std::string& message = error->message;
  const std::string name = shown_name(entry);
  progress.message(message.starts_with(name) ? message : name + ": " + message);
}

/// A video that an output can't hold has failed; its frames have their results.
void count_not_written(const Outcome& outcome, const RunParts& parts, RunReport& report) {
  if (outcome.not_written) {
    ++report.failed;
    if (!parts.quiet) {
      Entry video = outcome.entry;
      video.frame.reset();
      tell_failure(outcome.not_written, video, report, parts.progress);
    }
  }
}

void tell_device(const Outcome& outcome, Progress& progress) {
  const PictureResult& result = outcome.result;
  if (!result.error) {
    progress.message(fmt::format("{}: {}, by {}", shown_name(outcome.entry),
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

/// Pictures and, by the decoded part of their files, videos.
void update_progress(const RunParts& parts, const RunReport& report) {
  if (parts.videos == nullptr) {
    parts.progress.update(report.pictures);
  } else {
    parts.progress.update(report.pictures, report.frames, parts.videos->part());
  }
}

void add_videos(const VideoPump& videos, RunReport& report) {
  report.videos = videos.report();
  report.video_decode_seconds = videos.decode_seconds();
  report.video_threads = videos.decode_threads();
  report.complete = report.complete && videos.ended();
}

}  // namespace

RunReport run(const RunParts& parts) {
  RunReport report;
  std::atomic<int> readers = parts.videos != nullptr ? 2 : 1;
  auto reading = std::async(std::launch::async, [&] {
    const ReadingEnds finish(parts.detector, readers);
    return read_pictures(parts);
  });
  auto pumping =
      std::async(parts.videos != nullptr ? std::launch::async : std::launch::deferred, [&] {
        const ReadingEnds finish(parts.detector, readers);
        pump_videos(parts);
      });
  const auto take_results = [&] {
    const Drain drain(parts.stop, parts.detector);
    update_progress(parts, report);
    double before = 0;
    while (auto outcome = next_outcome(parts, before)) {
      count(*outcome, parts, report);
      parts.live.count(outcome->result);
      if (!parts.quiet) {
        tell_failure(outcome->result.error, outcome->entry, report, parts.progress);
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
      count_not_written(*outcome, parts, report);
      update_progress(parts, report);
    }
  };
  take_results();
  parts.progress.hide();
  const Reading read = reading.get();
  report.complete = read.ended && !report.output_error;
  if (parts.videos != nullptr) {
    pumping.get();
    add_videos(*parts.videos, report);
  }
  report.seconds = parts.progress.seconds();
  report.read_seconds = read.read_seconds;
  report.wait_seconds = read.wait_seconds;
  report.fleet = parts.detector.report();
  return report;
}

}  // namespace yolofleet::command
