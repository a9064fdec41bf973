#include "detect/video_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "detect/options.hpp"
#include "input/video_name.hpp"
#include "shared/fail.hpp"
#include "shared/validators.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

constexpr double kMostSeconds = 1e9;
constexpr std::size_t kLeastUnderWay = 2;
constexpr std::size_t kMostUnderWay = 16;

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  const bool whole = read.ec == std::errc() && read.ptr == end && !text.empty();
  return whole && std::isfinite(value) && !std::signbit(value) ? std::optional(value)
                                                               : std::nullopt;
}

CLI::Validator a_time() {
  return {[](const std::string& text) {
            return seconds_of(text) ? std::string()
                                    : "'" + text + "' isn't a time: seconds, M:SS or H:MM:SS";
          },
          ""};
}

double seconds_or_zero(const std::string& text) {
  return text.empty() ? 0 : seconds_of(text).value_or(0);
}

void add_view_option(CLI::App& app, VideoArguments& arguments) {
  app.add_option("--view", arguments.view,
                 "show the videos with their detections on a web page at 127.0.0.1 while the run "
                 "lasts; port 0 takes any free port; prints the address")
      ->check(port_to_serve())
      ->type_name("PORT")
      ->group("Videos");
}

/// The devices in use that decode videos.
std::vector<std::string> decoding_devices(const Options& options, const Detector& detector) {
  std::vector<std::string> names;
  const auto chosen = devices_of(options);
  if (!chosen || options.decode == Decode::kCpu) {
    return names;
  }
  const FleetReport report = detector.report();
  for (const ChosenDevice& device : *chosen) {
    const bool used = std::any_of(
        report.devices.begin(), report.devices.end(),
        [&](const DeviceReport& one) { return one.device == device.info.id && !one.error; });
    if (used && device.info.decodes_videos) {
      names.push_back(device.info.id);
    }
  }
  return names;
}

}  // namespace

std::optional<double> seconds_of(const std::string& text) {
  double seconds = 0;
  int parts = 0;
  std::string_view rest = text;
  for (;;) {
    const std::size_t colon = rest.find(':');
    const auto number = number_of(rest.substr(0, colon));
    const bool whole =
        colon == std::string_view::npos || (number && *number == std::floor(*number));
    if (!number || !whole || ++parts > 3 || (parts > 1 && *number >= 60)) {
      return std::nullopt;
    }
    seconds = seconds * 60 + *number;
    if (colon == std::string_view::npos) {
      return seconds <= kMostSeconds ? std::optional(seconds) : std::nullopt;
    }
    rest.remove_prefix(colon + 1);
  }
}

void add_video_options(CLI::App& app, VideoArguments& arguments) {
  const std::string group = "Videos";
  app.add_option("--every", arguments.every, "take only every N-th frame of a video")
      ->check(whole_from_to(1, 1'000'000'000))
      ->type_name("N")
      ->group(group);
  app.add_option("--fps", arguments.fps,
                 "take at most F frames of each second of a video, 0.001 to 1000")
      ->check(from_to(0.001, 1000, "a number from 0.001 to 1000"))
      ->type_name("F")
      ->group(group);
  app.add_option("--from", arguments.from,
                 "skip the frames of a video file before this time: seconds, M:SS or H:MM:SS")
      ->check(a_time())
      ->type_name("TIME")
      ->group(group);
  app.add_option(
         "--to", arguments.to,
         "end a video at this time; of a live source: when this time has passed since its first "
         "frame")
      ->check(a_time())
      ->type_name("TIME")
      ->group(group);
  add_view_option(app, arguments);
}

Result<void> check_video_options(const DetectArguments& arguments, bool has_videos) {
  const VideoArguments& video = arguments.video;
  const std::array given{
      std::pair{"--every", video.every.has_value()}, std::pair{"--fps", video.fps.has_value()},
      std::pair{"--from", !video.from.empty()}, std::pair{"--to", !video.to.empty()},
      std::pair{"--view", video.view.has_value()}};
  const auto* const first =
      std::find_if(given.begin(), given.end(), [](const auto& option) { return option.second; });
  if (!has_videos && first != given.end()) {
    return fail(ErrorCode::kInvalidArgument,
                "{} is for videos, streams and cameras, and no input is one", first->first);
  }
  if (!has_videos) {
    return {};
  }
  if (!video.to.empty() && seconds_or_zero(video.to) <= seconds_or_zero(video.from)) {
    return fail(ErrorCode::kInvalidArgument, "--to {}: must be later than {}", video.to,
                video.from.empty() ? "0" : "--from " + video.from);
  }
  if (arguments.unordered) {
    return fail(ErrorCode::kInvalidArgument,
                "--unordered can't be used with videos: the frames of each stay in order");
  }
  if (!arguments.outputs.coco.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                "--coco can't be used with videos: COCO has no ids for frames; JSON Lines and "
                "--yolo name each frame");
  }
  return {};
}

std::unique_ptr<VideoPump> make_pump(const DetectArguments& arguments, const Options& options,
                                     const Detector& detector, std::vector<Entry> videos) {
  if (videos.empty()) {
    return nullptr;
  }
  PumpOptions pump;
  pump.video.from = seconds_or_zero(arguments.video.from);
  pump.video.to = seconds_or_zero(arguments.video.to);
  pump.video.max_pixels = options.max_pixels;
  pump.video.memory = detector.pixel_memory();
  pump.video.on_host = !arguments.outputs.annotated.empty() || arguments.video.view;
  pump.devices = decoding_devices(options, detector);
  pump.every = static_cast<std::uint64_t>(arguments.video.every.value_or(1));
  pump.fps = arguments.video.fps.value_or(0);
  pump.threads = options.threads > 0 ? static_cast<std::size_t>(options.threads)
                                     : std::max(std::thread::hardware_concurrency(), 1U);
  const auto streams =
      static_cast<std::size_t>(std::count_if(videos.begin(), videos.end(), [](const Entry& entry) {
        return is_stream_name(entry.video);
      }));
  pump.live_under_way = std::clamp(detector.capacity() / 2 / std::max<std::size_t>(streams, 1),
                                   kLeastUnderWay, kMostUnderWay);
  std::size_t held = 0;
  for (const DeviceReport& device : detector.report().devices) {
    held += device.holds;
  }
  pump.others_under_way = std::max(held, kLeastUnderWay);
  return std::make_unique<VideoPump>(std::move(videos), std::move(pump));
}

}  // namespace yolofleet::command
