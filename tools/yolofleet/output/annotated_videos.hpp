#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "output/sink.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::command {

/// Writes frames as videos, one for each source. A video is written as STEM.partial.mp4 (or .mkv,
/// .avi), and gets its name at its end. Where frames change their size, as after a camera was set
/// anew, the next video is STEM-2.mp4, or has the next number that is free.
class AnnotatedVideos {
 public:
  /// `videos`: of the run. None of their files, and none that is written for them, is written over.
  AnnotatedVideos(std::filesystem::path folder, const std::vector<Entry>& videos);

  /// Appends a frame to the video of its source. If that fails (the frames are too large, the disk
  /// is full), `refusal` says so once, and further frames of this source are left out.
  void write(const Entry& entry, const ImageView& frame, std::optional<Error>& refusal);

  /// Ends the video of this frame's source, if it has one. Errors: kIo.
  Result<void> end(const Frame& frame);

  /// Ends all videos. If the run was stopped, those of files stay as STEM.partial.mp4; returns
  /// their names, or those of the first and the number of the others, or "".
  Result<std::string> finish(Ending ending);

 private:
  struct Video {
    std::filesystem::path file;
    std::filesystem::path partial;
    std::unique_ptr<VideoWriter> writer;
    int width = 0;
    int height = 0;
    double seconds = -1;  ///< of the last frame
    bool live = false;
    int parts = 0;         ///< ended before, because the size changed
    bool refused = false;  ///< it can't be written
  };

  Result<void> append(Video& video, const Entry& entry, const ImageView& frame);
  Result<void> begin(Video& video, const Entry& entry, const ImageView& frame);
  std::filesystem::path free_file(const std::filesystem::path& file, const std::string& suffix,
                                  int number);
  bool is_taken(const std::filesystem::path& file) const;
  static Result<void> give_name(Video& video);

  std::filesystem::path folder_;
  std::set<std::filesystem::path> taken_;    ///< for the videos of the run
  std::vector<std::filesystem::path> read_;  ///< by the run
  std::map<std::size_t, Video> videos_;      ///< by Frame::source
};

}  // namespace yolofleet::command
