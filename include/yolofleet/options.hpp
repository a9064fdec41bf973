#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace yolofleet {

/// The type that a network computes in.
enum class Precision {
  /// FP16 on a GPU; on the CPU BF16 where it has it in hardware, else FP32. Average precision stays
  /// within a few thousandths of FP32's, but single confidences move: docs/cpu.md, docs/gpu.md.
  kAuto,
  kFp32,
  kBf16,  ///< of CPUs
  kFp16,  ///< of GPUs
  kTf32,  ///< of GPUs: FP32 whose products are rounded to 10 bits of mantissa
};

/// How Mish is computed on a GPU.
enum class Mish {
  kAuto,    ///< the faster of the two, as measured: docs/gpu.md
  kPlugin,  ///< by our own kernel
  kNative,  ///< by TensorRT's softplus, tanh and product
};

/// How a picture becomes the network's input.
enum class Resize {
  kModel,      ///< as the cfg says: letterbox with letter_box=1, else stretch
  kStretch,    ///< both sides scaled to the input's, each by its own factor (Darknet's default)
  kLetterbox,  ///< one factor for both, the rest filled with grey
};

/// Whether pictures are letterboxed rather than stretched. `model_letterbox`: the cfg's
/// letter_box=1 (Model::letterbox), which decides for Resize::kModel.
constexpr bool is_letterbox(Resize resize, bool model_letterbox) noexcept {
  return resize == Resize::kLetterbox || (resize == Resize::kModel && model_letterbox);
}

/// How far a GPU's engine is.
struct BuildProgress {
  std::string device;    ///< "cuda:0"
  double seconds = 0;    ///< since it began
  bool waiting = false;  ///< for another process that builds the same engine
  bool done = false;     ///< it is over, whether it went well or not: the last call
  bool failed = false;   ///< with `done`: it didn't go well
};

/// Is told of an engine that is being built: at once, about once a second, and when it is over.
/// TensorRT doesn't say how much there is to do, so the time spent is all there is. Called from
/// threads of the library, one call at a time, while the call that builds waits; must not throw.
using OnBuild = std::function<void(const BuildProgress&)>;

/// What becomes of a run when one of its devices fails.
enum class OnDeviceError {
  /// A device that can't be opened is the error of Detector::open. One that fails later gives
  /// results with kDevice errors, and goes on being used.
  kFail,
  /// The others do the work. A device that isn't there or can't be opened is a warning, unless
  /// there is no other. One that gives kDevice errors for all pictures of a batch isn't used any
  /// more, and these pictures go to the others: once, the second time the error is their result, as
  /// it is where no device is left. FleetReport tells which were lost, and why.
  kContinue,
};

/// How a Detector works. The defaults are Darknet's where it has one.
struct Options {
  /// Which devices to run on: "auto" (every GPU that can be used, else the CPU), "all" (GPUs and
  /// the CPU), or a list of names and UUIDs: "cuda:0,cuda:2,cpu". GPUs that CUDA_VISIBLE_DEVICES
  /// hides aren't there, and don't count in names. "cpu:N" is the CPU with N threads, 1 to 1024;
  /// another number in `threads` is refused beside it.
  std::string devices = "auto";
  Precision precision = Precision::kAuto;
  Resize resize = Resize::kModel;
  float confidence = 0.25F;  ///< objectness times class probability must be over it; 0 to 1
  float nms = 0.45F;         ///< overlap over which the weaker of two boxes goes; 0 to 1
  int max_detections = 300;  ///< of a picture, the strongest; at least 1
  /// Of the CPU: pictures that it looks at side by side or, with GPUs, decodes; 0: as many as this
  /// process may use.
  int threads = 0;
  /// Pictures that a GPU looks at at once; 0: 16, or fewer where its memory doesn't suffice.
  int batch = 0;
  /// Batches that a GPU holds at once, some computed while the pixels of others go up; 1 to 64, 0:
  /// 5, which measured best. Each takes memory there of its own.
  int slots = 0;
  Mish mish = Mish::kAuto;
  int build_level = 3;           ///< TensorRT's effort when it builds an engine, 0 to 5
  std::string engine_cache;      ///< folder of built engines; empty: in the user's cache folder
  bool use_engine_cache = true;  ///< false: build anew, keep nothing
  OnBuild on_build;              ///< is told of engines that are built; may be empty
  /// How long a picture waits for others to make a batch with, in milliseconds, 0 to 60000. It
  /// waits less where no more can come: after `finish`, when the Detector is full, and when
  /// somebody waits in `next` while no device has anything to do. On a device whose batches are of
  /// one picture it never waits.
  double max_wait_ms = 5.0;
  /// Results in the order of submission; else as they come, so that none waits for a slower
  /// device's.
  bool ordered = true;
  OnDeviceError on_device_error = OnDeviceError::kFail;
  /// With several devices: when they are opened, each looks at the same made-up picture, all at
  /// once, and what they find is compared. Devices of one kind with one engine must give the same
  /// bits, others the same boxes within what rounding to their precisions does. Of three or more
  /// devices those that differ from the rest, more than half, aren't used: a warning, and an error
  /// in FleetReport, whatever `on_device_error` says. Of two, or where it can't be told which are
  /// right, all are named in the kDevice error of Detector::open. One that fails to look, or
  /// doesn't answer within two minutes, is as one that can't be opened; a thread of it stays
  /// until it answers or the process ends.
  bool self_test = true;
  /// Give the decoded pixels back with each result (for drawing on them).
  bool keep_pixels = false;
  std::int64_t max_pixels = 178'956'970;  ///< a larger picture is refused before it is decoded
};

}  // namespace yolofleet
