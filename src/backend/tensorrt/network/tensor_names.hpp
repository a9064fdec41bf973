#pragma once

#include <cstddef>
#include <string>

/// Names of an engine's inputs and outputs.
namespace yolofleet::backend::tensorrt {

inline constexpr const char* kInput = "input";            ///< batch x channels x height x width
inline constexpr const char* kThresholds = "thresholds";  ///< 2: ops::Thresholds
inline constexpr const char* kMappings = "mappings";      ///< batch x 6: ops::PictureMapping

// The outputs: the members of ops::DeviceDetections.
inline constexpr const char* kNumbers = "num_detections";
inline constexpr const char* kKeptNumbers = "num_kept";
inline constexpr const char* kCandidateNumbers = "num_candidates";
inline constexpr const char* kBoxes = "boxes";
inline constexpr const char* kScores = "scores";
inline constexpr const char* kClasses = "classes";

/// The output for head `index` of an engine with EngineOptions::raw_heads. Such an engine has
/// kInput and these, and none of the other tensors.
inline std::string head_name(std::size_t index) {
  return "head_" + std::to_string(index);
}

}  // namespace yolofleet::backend::tensorrt
