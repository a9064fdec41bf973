#pragma once

#include <NvInfer.h>

#include <string>

#include "backend/tensorrt/network/activations.hpp"
#include "backend/tensorrt/network/layer_adder.hpp"
#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Names of the engine's inputs and outputs.
inline constexpr const char* kInput = "input";             ///< batch x channels x height x width
inline constexpr const char* kThresholds = "thresholds";   ///< 2: ops::Thresholds
inline constexpr const char* kMappings = "mappings";       ///< batch x 6: ops::PictureMapping
inline constexpr const char* kNumbers = "num_detections";  ///< these: ops::DeviceDetections
inline constexpr const char* kCandidateNumbers = "num_candidates";
inline constexpr const char* kBoxes = "boxes";
inline constexpr const char* kScores = "scores";
inline constexpr const char* kClasses = "classes";
/// With EngineOptions::raw_heads, head i's input is the output "head_i" instead of all of these.
std::string head_name(std::size_t index);

/// What an engine is made for.
struct EngineOptions {
  bool half = true;   ///< FP16, the input tensor included; else FP32
  bool tf32 = false;  ///< FP32 products may be rounded to TF32
  MishKind mish = MishKind::kPlugin;
  int max_batch = 1;           ///< the profile is 1 to this, tuned for this
  int max_detections = 300;    ///< of a picture
  bool raw_heads = false;      ///< for comparing engines: the heads' inputs come out
  int optimization_level = 3;  ///< TensorRT's, 0 to 5
};

/// What can be told of a network before TensorRT sees it. Errors: kTooLarge (a layer with too many
/// values for batches of this size), kUnsupported (heads, as DetectionsPlugin::parameters_of).
Result<void> check_network(const graph::Network& network, const EngineOptions& options);

/// Adds every layer of `network` to `definition`, types explicit: with `half`, half weights and
/// half tensors from the input to the heads. The batch is dynamic, everything else fixed.
/// Precondition: check_network. Errors: kUnsupported, naming the model, the layer and its line;
/// TensorRT's logger has the reason. `network` and `store` must outlive the build.
Result<void> build_network(const graph::Network& network, const EngineOptions& options,
                           nvinfer1::INetworkDefinition& definition, WeightStore& store);

}  // namespace yolofleet::backend::tensorrt
