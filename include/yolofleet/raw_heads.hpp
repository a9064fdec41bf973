#pragma once

#include <memory>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

namespace backend {
class HeadRun;
}

/// The input of one head: the values that the network computes for it, before any sigmoid.
struct RawHead {
  int layer = 0;  ///< index of the head's layer, as HeadInfo::layer
  int channels = 0;
  int rows = 0;
  int columns = 0;
  std::vector<float> values;  ///< channels x rows x columns, row-major
};

/// Runs a network up to the inputs of its heads on one device. Use it to compare devices and
/// precisions: if these values agree and the detections differ, the difference arises in the heads
/// or after them. The CPU resizes the pictures, also for a GPU. Movable; not thread-safe.
class YOLOFLEET_API RawHeads {
 public:
  /// Opens the device; `options.devices` must select exactly one. Uses only the options devices,
  /// on_device_error, precision, resize, threads, mish, build_level, engine_cache, use_engine_cache
  /// and on_build. A GPU needs an engine of its own for this, for one picture at a time and without
  /// boxes and NMS. It is loaded from the cache or built, which takes minutes. Errors: those of
  /// Detector::open, and kInvalidArgument for several devices.
  static Result<RawHeads> open(const Model& model, const Options& options = {});

  RawHeads(const RawHeads&) = delete;
  RawHeads& operator=(const RawHeads&) = delete;
  RawHeads(RawHeads&&) noexcept;
  RawHeads& operator=(RawHeads&&) noexcept;
  ~RawHeads();

  /// Runs one picture and returns the values of each head, in the order of Model::heads. Blocks
  /// until they are computed. Errors: kInvalidArgument (an image without pixels, or with a stride
  /// shorter than a row), kDevice.
  Result<std::vector<RawHead>> run(const ImageView& picture);

  /// The device's description: "cpu: OpenVINO 2026.4.1, fp32, 2 threads".
  const std::string& device() const noexcept;

 private:
  struct State;
  explicit RawHeads(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace yolofleet
