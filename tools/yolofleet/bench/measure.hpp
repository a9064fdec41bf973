#pragma once

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

/// The pictures that are submitted over and over.
struct BenchPictures {
  int width = 768;  ///< of made-up frames, where there are no files
  int height = 576;
  std::vector<BenchFile> files;
};

/// The part that is measured: the network alone (engine_speed), a device's whole way from pixels to
/// detections (lane_speed), or a Detector.
enum class BenchPart { kEngine, kLane, kFleet };

/// "engine", "lane" or "fleet".
const char* name_of(BenchPart part);

/// The result of one set of devices.
struct BenchResult {
  BenchPart part = BenchPart::kFleet;
  std::vector<std::string> devices;  ///< as they describe themselves
  std::string asked;                 ///< Options::devices
  int batch = 0;                     ///< Options::batch
  int slots = 0;                     ///< Options::slots
  double per_second = 0;             ///< pictures
  double of_sum = 0;     ///< per_second divided by the sum of its devices', each alone; 0: unknown
  double of_engine = 0;  ///< the same, divided by the sum of their engines'
  FleetReport report;    ///< of engines and lanes only some members are set
  std::vector<std::string> warnings;
};

/// Opens a Detector and keeps it full for a second, and then for `seconds`, which are measured.
/// Made-up frames lie in the Detector's pixel memory, random, and are handed in as views; files are
/// decoded each time. Errors: Detector::open's, and that of the first picture that fails.
Result<BenchResult> bench_devices(const Model& model, const Options& options,
                                  const BenchPictures& pictures, double seconds);

/// One device's engine or lane, by `part`. Files are decoded beforehand, at most the first 64.
/// Errors: those of engine_speed and lane_speed, and that of the first file that can't be decoded.
Result<BenchResult> bench_alone(const Model& model, const Options& options,
                                const BenchPictures& pictures, double seconds, BenchPart part);

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
