#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "eval/subprocess.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// A Python with pycocotools: `asked` if it isn't empty, else $YOLOFLEET_PYTHON, else that of .venv
/// in the folder of the clone that this program was built in, else python3. Errors: kNotFound (the
/// Pythons that were tried, what each lacks, and the command that installs it), kCancelled (by
/// `shall_stop`).
Result<std::string> find_python(const std::string& asked, const ShallStop& shall_stop);

/// .venv/bin/python next to the build folder that `program` lies in
/// (CLONE/build/NAME/bin/yolofleet); empty if there is none.
std::filesystem::path python_of_clone(const std::filesystem::path& program);

struct EvalRequest {
  std::filesystem::path annotations;
  std::filesystem::path results;
  std::vector<std::int64_t> images;  ///< ids of the pictures that count
};

struct ClassPrecision {
  std::int64_t id = 0;
  std::string name;
  std::uint64_t objects = 0;  ///< in the pictures that count
  std::optional<double> ap;   ///< nothing: no objects
  std::optional<double> ap50;
};

/// The results of pycocotools: means over IoU 0.50 to 0.95, at 0.50 and at 0.75.
struct AveragePrecision {
  std::string pycocotools;   ///< its version
  std::optional<double> ap;  ///< nothing: no objects at all
  std::optional<double> ap50;
  std::optional<double> ap75;
  std::uint64_t detections = 0;         ///< in the results
  std::vector<ClassPrecision> classes;  ///< by id
};

/// Computes average precision by Python. Errors: kInternal (Python failed: its last line; or its
/// output has no result), kCancelled (by `shall_stop`).
Result<AveragePrecision> average_precision(const std::string& python, const EvalRequest& request,
                                           const ShallStop& shall_stop);

}  // namespace yolofleet::command
