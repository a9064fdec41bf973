#pragma once

namespace yolofleet::backend::tensorrt {

/// How Mish is computed: by our plugin, or by TensorRT's softplus, tanh and product.
enum class MishKind { kPlugin, kNative };

/// The options that an engine is built with. The defaults are those of yolofleet::Options and stand
/// only there: make one with designated initialisers, where the compiler reports a missing member.
struct EngineOptions {
  bool half;      ///< FP16, the input tensor included; else FP32
  bool tf32;      ///< FP32 products may be rounded to TF32
  MishKind mish;  ///< never left to a default
  int max_batch;  ///< the engine takes batches of 1 to this, and is tuned for this
  /// Per picture, 1 to ops::kMostCandidates: ops::room_for_detections. Unused with `raw_heads`.
  int max_detections;
  /// For comparing engines: the outputs are the inputs of the heads instead of detections.
  bool raw_heads = false;
  int optimization_level;  ///< TensorRT's, 0 to 5
};

}  // namespace yolofleet::backend::tensorrt
