#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "video/pump.hpp"
#include "yolofleet/detector.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace yolofleet::command {

struct DetectArguments;

/// The options of detect for videos.
struct VideoArguments {
  std::optional<int> every;
  std::optional<double> fps;
  std::string from;  ///< empty: not given
  std::string to;    ///< empty: not given
  std::optional<int> view;
};

/// Adds the options to the subcommand.
void add_video_options(CLI::App& app, VideoArguments& arguments);

/// Seconds of "90", "1.5", "1:30" or "1:02:03.5"; nothing for another text.
std::optional<double> seconds_of(const std::string& text);

/// Refuses options that need a video where there is none, options that don't go with videos, and a
/// --to before --from. Errors: kInvalidArgument.
Result<void> check_video_options(const DetectArguments& arguments, bool has_videos);

/// Reads the videos for this detector; null if there is none. `options`: the detector's.
std::unique_ptr<VideoPump> make_pump(const DetectArguments& arguments, const Options& options,
                                     const Detector& detector, std::vector<Entry> videos);

}  // namespace yolofleet::command
