#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/detector.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::command {

/// A picture's file in memory.
struct BenchFile {
  std::string name;
  EncodedImage bytes;
};

/// The most files that are held in memory.
inline constexpr std::size_t kMostBenchFiles = 1000;
/// The made-up frames, and the most files that are decoded beforehand for a lane.
inline constexpr std::size_t kBenchFrames = 64;

/// The pictures that are submitted over and over.
struct BenchPictures {
  int width = 768;  ///< of made-up frames, where there are no files
  int height = 576;
  std::vector<BenchFile> files;
};

/// "768x576": the size of made-up frames unless the user gives another.
std::string frame_size();

/// The part that is measured: the network alone (engine_speed), a device's whole way from pixels to
/// detections (lane_speed), or a Detector.
enum class BenchPart { kEngine, kLane, kFleet };

/// "engine", "lane" or "fleet".
const char* name_of(BenchPart part);

/// The pixels that a lane gets: RGB, or planes of luma and chroma, as JPEG files and videos have
/// them. Made-up frames in planes are 4:2:0. A file that isn't stored in planes stays RGB.
enum class BenchPixels { kRgb, kPlanes };

/// "rgb" or "planes".
const char* name_of(BenchPixels pixels);

/// A measurement that each round makes once.
struct BenchRun {
  BenchPart part = BenchPart::kFleet;
  Options options;
  BenchPixels pixels = BenchPixels::kRgb;
  double seconds = 0;
};

/// The result of one set of devices.
struct BenchResult {
  BenchPart part = BenchPart::kFleet;
  std::vector<std::string> devices;   ///< as they describe themselves
  std::string asked;                  ///< Options::devices
  int batch = 0;                      ///< Options::batch
  int slots = 0;                      ///< Options::slots
  std::optional<BenchPixels> pixels;  ///< none: the network alone, or a Detector with files
  double per_second = 0;              ///< pictures
  double of_sum = 0;     ///< per_second divided by the sum of its devices', each alone; 0: unknown
  double of_engine = 0;  ///< the same, divided by the sum of their engines'
  FleetReport report;    ///< of engines and lanes only some members are set
  std::vector<std::string> warnings;
};

/// Makes a measurement. Of the network or a lane alone: files are decoded beforehand, at most the
/// first kBenchFrames. Of a Detector: it is kept full for a second, and then for the seconds that
/// are measured; made-up frames lie in its pixel memory, random, and are handed in as views; files
/// are decoded each time. Errors: those of engine_speed, lane_speed and Detector::open, and that of
/// the first picture that fails.
Result<BenchResult> measure(const Model& model, const BenchPictures& pictures, const BenchRun& run);

/// The mean bytes of a picture that were sent to the devices; 0 if nothing was.
double uploaded_bytes(const BenchResult& result);

/// Each device alone, then the first two together, the first three, and so on.
std::vector<std::string> device_sets(const std::vector<std::string>& names);

/// The result of median speed (of an even number the upper one), with the warnings of all.
/// Precondition: not empty.
BenchResult median_of(std::vector<BenchResult> rounds);

/// Sets `of_sum` and `of_engine` where the results to compare with exist, with the same batch and
/// slots.
void compare(std::vector<BenchResult>& results);

/// The warnings of all results, each once.
std::vector<std::string> warnings_of(const std::vector<BenchResult>& results);

}  // namespace yolofleet::command
