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

/// What a head of a network is given, before any sigmoid.
struct RawHead {
  int layer = 0;  ///< index of the head's section, as HeadInfo::layer
  int channels = 0;
  int rows = 0;
  int columns = 0;
  std::vector<float> values;  ///< channels x rows x columns
};

/// Runs a model up to its heads on one device, for comparing devices and precisions: where these
/// numbers agree, boxes that differ come from what is behind them. Pictures are resized by the CPU,
/// also for a GPU. Movable; one thread at a time may use it.
class YOLOFLEET_API RawHeads {
 public:
  /// Of the options those of devices and engines count: devices, which must come to one device,
  /// precision, resize, threads, mish, build_level, engine_cache, use_engine_cache, on_build. On a
  /// GPU it needs an engine of its own, for one picture at a time and without what makes boxes,
  /// which is taken from the cache or built.
  /// Errors: as Detector::open, and kInvalidArgument for several devices.
  static Result<RawHeads> open(const Model& model, const Options& options = {});

  RawHeads(const RawHeads&) = delete;
  RawHeads& operator=(const RawHeads&) = delete;
  RawHeads(RawHeads&&) noexcept;
  RawHeads& operator=(RawHeads&&) noexcept;
  ~RawHeads();

  /// One for each head, in the order of Model::heads. Blocks until they are there.
  /// Errors: kInvalidArgument (an image without pixels, or with a stride shorter than a row),
  /// kDevice.
  Result<std::vector<RawHead>> run(const ImageView& picture);

  /// "cpu: OpenVINO 2026.4.1, fp32, 2 threads".
  const std::string& device() const noexcept;

 private:
  struct State;
  explicit RawHeads(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace yolofleet
