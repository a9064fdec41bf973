#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "verify/run.hpp"

namespace yolofleet::command {

/// The results of verify.
struct VerifyReport {
  const Model& model;
  const Options& options;  ///< the options of all lanes
  const VerifyPictures& pictures;
  std::string reference;       ///< how it describes itself
  std::size_t detections = 0;  ///< of the reference, over Options::confidence
  std::vector<VerifyResult> results;
};

/// Lines for people: what was compared, a table with a row for each lane, what was allowed, the
/// worst of lanes that are beyond it, and a verdict.
std::string verify_table(const VerifyReport& report);

std::string verify_json(const VerifyReport& report);

}  // namespace yolofleet::command
