#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "yolofleet/detector.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::command {

/// What is handed in over and over again.
struct BenchPictures {
  int width = 768;  ///< of made-up frames, where there are no files
  int height = 576;
  std::vector<EncodedImage> files;
};

/// What came of one set of devices.
struct BenchResult {
  std::vector<std::string> devices;  ///< as they describe themselves
  std::string asked;                 ///< Options::devices
  int batch = 0;                     ///< Options::batch
  double per_second = 0;             ///< pictures
  double of_sum = 0;  ///< per_second beside the sum of its devices', each alone; 0: not known
  FleetReport report;
  std::vector<std::string> warnings;
};

/// Opens a Detector and keeps it full for a second, and then for `seconds`, which are measured.
/// Made-up frames lie in the Detector's pixel memory, random, and are handed in as views; files are
/// decoded each time. Errors: Detector::open's, and that of the first picture that fails.
Result<BenchResult> bench_devices(const Model& model, const Options& options,
                                  const BenchPictures& pictures, double seconds);

/// The devices of a list; of "auto" and "all", too, by their names, so that each can also be
/// measured alone. `present`: list_devices().
std::vector<std::string> named_devices(const std::string& list,
                                       const std::vector<DeviceInfo>& present);

/// Each device alone, then the first two together, the first three, and so on.
std::vector<std::string> device_sets(const std::vector<std::string>& names);

/// The middle one by pictures a second; of an even number the upper one. Precondition: not empty.
BenchResult median_of(std::vector<BenchResult> rounds);

/// Fills in BenchResult::of_sum. `results`: of the sets that device_sets gives for so many devices.
void compare_with_sum(std::vector<BenchResult>& results, std::size_t devices);

/// Those of all results, each once.
std::vector<std::string> warnings_of(const std::vector<BenchResult>& results);

/// A line for each result, and a heading.
std::string bench_table(const std::vector<BenchResult>& results);

}  // namespace yolofleet::command
