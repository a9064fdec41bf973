#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "input/source.hpp"
#include "output/coco_ids.hpp"
#include "yolofleet/detector.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::command {

/// The result of one picture or frame, or the error of a video.
struct Outcome {
  std::uint64_t index = 0;  ///< of the picture among all that the run was given, from 0
  Entry entry;
  PictureResult result;  ///< `result.error` is set if the picture couldn't be read, too
  double seconds = 0;    ///< since the outcome before it; of the first, since the run began
  std::optional<Error> not_written{};  ///< set by a sink that can't write the frame's whole video
};

/// How a run ended.
enum class Ending {
  kComplete,  ///< every picture has its outcome
  kStopped,   ///< by a signal, or because some output failed; what was written is whole
};

/// One kind of output. Errors of its members: kIo, and kCancelled when it writes to a pipe whose
/// reader has closed it. If it is destroyed before `finish`, it removes its unfinished files.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// Called once a picture, in the order of the input unless the run is unordered. A sink may draw
  /// on the outcome's pixels.
  virtual Result<void> write(Outcome& outcome) = 0;

  /// Called once, at the end. Returns the name of a FILE.partial that stays behind, or "";
  /// a list if there are several.
  virtual Result<std::string> finish(Ending ending) = 0;
};

/// The outputs that the user asks for.
struct OutputOptions {
  std::string output;    ///< JSON Lines: a file, "-" for standard output, or empty: none
  bool table = false;    ///< on standard output
  bool darknet = false;  ///< on standard output: Darknet's text
  std::filesystem::path coco;
  std::filesystem::path coco_images;
  std::filesystem::path coco_classes;
  std::filesystem::path darknet_json;
  std::filesystem::path yolo;
  bool yolo_confidence = false;  ///< in each line of `yolo`'s files
  bool overwrite = false;        ///< files in `yolo` that exist already
  std::filesystem::path annotated;
  std::string report;  ///< of the run, as JSON; no sink writes it
};

/// The data that sinks are opened with. It must outlive the sinks.
struct SinkContext {
  OutputOptions options;
  std::span<const std::string> names;  ///< of the classes
  std::size_t name_width = 0;          ///< columns of the longest picture name
  ImageIds image_ids;                  ///< for COCO results
  std::vector<LayerInfo> layers;       ///< of the model, for Darknet's text
  bool one_picture = false;            ///< the user named one picture, not a list or a folder
  std::vector<Entry> videos{};         ///< of the run
};

/// The sinks that the options ask for; the context must outlive them. Errors: an output can't be
/// written, a file that the COCO output needs can't be read or is malformed.
Result<std::vector<std::unique_ptr<Sink>>> open_sinks(const SinkContext& context);

// Each opens one sink. Null if the options don't ask for it.
Result<std::unique_ptr<Sink>> open_jsonl(const SinkContext& context);
Result<std::unique_ptr<Sink>> open_table(const SinkContext& context);
Result<std::unique_ptr<Sink>> open_darknet_text(const SinkContext& context);
Result<std::unique_ptr<Sink>> open_coco(const SinkContext& context);
Result<std::unique_ptr<Sink>> open_darknet_json(const SinkContext& context);
Result<std::unique_ptr<Sink>> open_yolo_txt(const SinkContext& context);
Result<std::unique_ptr<Sink>> open_annotated(const SinkContext& context);

/// The file below `folder` that a picture's detections are written to: "a.txt"; "clip_000012.txt"
/// for a frame, and "clip_000000.txt" for a video, which stands for its first frame.
std::filesystem::path yolo_txt_file(const std::filesystem::path& folder, const Entry& entry);

/// The file below `folder` that a picture or a video is drawn to: PNG stays PNG, other pictures
/// become JPEG; .mkv and .avi stay, other videos become .mp4.
std::filesystem::path annotated_file(const std::filesystem::path& folder, const Entry& entry);

/// The name of a class; its number where there is none.
std::string class_label(std::span<const std::string> names, int class_id);

/// The part of a box that lies within a picture; nothing if that has no area.
std::optional<Box> clip(const Box& box, int width, int height);

}  // namespace yolofleet::command
