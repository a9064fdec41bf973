#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "yolofleet/image.hpp"

namespace yolofleet {

/// The number format that a network computes in.
enum class Precision {
  /// On a GPU FP16; on a CPU BF16 if its hardware computes in it, else FP32. The average precision
  /// stays within a few thousandths of FP32's, but single confidences differ: docs/cpu.md,
  /// docs/gpu.md.
  kAuto,
  kFp32,
  kBf16,  ///< CPU only
  kFp16,  ///< GPU only
  kTf32,  ///< GPU only: FP32 with factors rounded to 10 bits of mantissa
};

/// How Mish is computed on a GPU.
enum class Mish {
  kAuto,    ///< whichever measured faster: docs/gpu.md
  kPlugin,  ///< by yolofleet's own kernel, as a TensorRT plugin
  kNative,  ///< by TensorRT's own layers: softplus, tanh, product
};

/// How a picture is resized to the network's input.
enum class Resize {
  kModel,      ///< as the cfg says: letterbox if it has letter_box=1, else stretch
  kStretch,    ///< width and height are scaled separately (Darknet's default)
  kLetterbox,  ///< the aspect ratio is kept, and the rest of the input is filled with grey
};

/// Whether pictures are letterboxed rather than stretched. `model_letterbox` is Model::letterbox,
/// which decides if `resize` is Resize::kModel.
constexpr bool is_letterbox(Resize resize, bool model_letterbox) noexcept {
  return resize == Resize::kLetterbox || (resize == Resize::kModel && model_letterbox);
}

/// The decoders of JPEG files for GPUs.
enum class Decode {
  /// The CPU's cores and, while the devices lack pictures, the GPUs' own decoders. The two differ
  /// by a grey level here and there, so confidences differ a little from run to run:
  /// docs/decoding.md.
  kAuto,
  /// The GPUs' own decoders. The CPU decodes only the files that they don't take. A warning says so
  /// if no GPU has a decoder, or if `keep_pixels` or `decode_scale` leave all decoding to the CPU.
  kGpu,
  kCpu,  ///< the CPU's cores: the same bits on every machine
};

/// Whether large JPEG files are decoded at a fraction of their size, which is faster.
enum class DecodeScale {
  kOff,
  /// At 1/2, 1/4 or 1/8 of its width and height, as long as both stay at least as large as the
  /// network's input. Always on the CPU. The pixels differ a little from those of a resized
  /// picture: docs/cpu.md.
  kAuto,
};

/// The state of an engine build.
struct BuildProgress {
  std::string device;    ///< the GPU that it is built on: "cuda:0"
  double seconds = 0;    ///< since the build began
  bool waiting = false;  ///< this device waits: the same engine is being built elsewhere
  bool done = false;     ///< the build, or the wait, ended; this is the last call for it
  bool failed = false;   ///< with `done`: the build, or the wait, failed
};

/// Reports the progress of engine builds: at the start of each build, then about once a second, and
/// at its end. TensorRT doesn't report how much work is left, so only the time is known. Called
/// from threads of the library, one call at a time, while the function that needs the engine
/// blocks. Must not throw.
using OnBuild = std::function<void(const BuildProgress&)>;

/// The reaction of a Detector to a device that fails.
enum class OnDeviceError {
  /// If a device can't be opened, Detector::open returns its error. If a device fails later, its
  /// pictures get results with kDevice errors, and the Detector keeps using it.
  kFail,
  /// The other devices do the work. A device that doesn't exist or can't be opened causes a
  /// warning; it is an error only if no other device is left. A device that returns kDevice errors
  /// for all pictures of a batch is not used again, and another device gets these pictures. A
  /// picture is retried once: if it fails again, or no device is left, its result has the error.
  /// FleetReport lists the lost devices with their errors.
  kContinue,
};

/// The largest batch of a GPU unless Options::batch says otherwise.
inline constexpr int kDefaultBatch = 16;
/// The batches that a GPU holds at once unless Options::slots says otherwise; 5 measured best.
inline constexpr int kDefaultSlots = 5;

/// The options of a Detector. Where Darknet has a default, it is the default here too.
struct Options {
  /// The devices to run on: "auto" (every usable GPU, or the CPU if there is none), "all" (every
  /// usable GPU and the CPU), or a list of names and UUIDs: "cuda:0,cuda:2,cpu". yolofleet doesn't
  /// see GPUs that CUDA_VISIBLE_DEVICES hides: "cuda:0" is the first of the others. "cpu:N" is the
  /// CPU with N threads, 1 to 1024; `threads` must then be 0 or N.
  std::string devices = "auto";
  Precision precision = Precision::kAuto;
  Resize resize = Resize::kModel;
  /// Detections with a confidence (objectness times class probability) over this are kept; 0 to 1.
  float confidence = 0.25F;
  float nms = 0.45F;  ///< IoU threshold of non-maximum suppression; 0 to 1
  /// The most detections of a picture; the strongest are kept, and PictureResult counts the others.
  /// 0: no limit. A GPU keeps at most 16,384 candidates of a picture. On a GPU each value needs its
  /// own engine.
  int max_detections = 0;
  /// Detections of these classes (indices into Model::names) are returned, and no others. Empty:
  /// those of all classes but hidden ones (Model::is_hidden). `max_detections` applies before this
  /// filter.
  std::vector<int> classes;
  bool hidden_classes = false;  ///< with empty `classes`: return detections of hidden ones, too
  /// CPU threads, 0 to 1024. On the CPU each runs the network on one picture at a time. With GPUs
  /// this is also the number of threads that decode files for them. 0: one for each CPU that this
  /// process may use, or five for eight CPUs where GPUs decode files, too.
  int threads = 0;
  Decode decode = Decode::kAuto;                 ///< which devices decode JPEG files
  DecodeScale decode_scale = DecodeScale::kOff;  ///< of JPEG files
  /// The largest batch of a GPU, in pictures; 0: kDefaultBatch, or fewer if the GPU's memory is too
  /// small.
  int batch = 0;
  /// Batches that a GPU holds at once, so that it computes some while it receives the pixels of
  /// others; 1 to 64, or 0 for kDefaultSlots. Each needs its own memory on the GPU.
  int slots = 0;
  Mish mish = Mish::kAuto;
  int build_level = 3;           ///< TensorRT's builder optimization level, 0 to 5
  std::string engine_cache;      ///< folder of the cache; empty: default_engine_folder()
  bool use_engine_cache = true;  ///< false: build every engine anew and don't store it
  OnBuild on_build;              ///< gets the progress of engine builds; may be empty
  /// How long a picture waits for others that would fill its batch, in milliseconds, 0 to 60000.
  /// The wait ends early when no other picture can come: after `finish`, when the Detector is full,
  /// or when a thread blocks in `next` while all devices are idle. If a device's batch size is 1,
  /// it never waits for others.
  double max_wait_ms = 5.0;
  /// true: results come in the order of submission. false: each comes as soon as it is ready, so
  /// that none waits for a slower device.
  bool ordered = true;
  OnDeviceError on_device_error = OnDeviceError::kFail;
  /// With several devices: compare them when they are opened. All run the same made-up picture at
  /// the same time. Devices of one kind with the same engine must give identical results; others
  /// must give the same boxes within the rounding errors of their precisions. If they differ, and
  /// more than half of at least three devices agree, the others are excluded, with a warning and an
  /// error in FleetReport, whatever `on_device_error` says. If they differ without such a majority,
  /// Detector::open fails with a kDevice error that names all of them. A device that fails in this
  /// test, or doesn't answer within two minutes, is treated as one that can't be opened. The
  /// thread of an unresponsive device is left running.
  bool self_test = true;
  /// Return the pixels of each picture that was an Image or an EncodedImage in
  /// PictureResult::pixels, for example to draw on them. Of planes, submit the Image of `to_rgb`.
  bool keep_pixels = false;
  /// The most pixels (width times height) of an encoded picture, at least 1. A larger picture gets
  /// a kTooLarge error before it is decoded.
  std::int64_t max_pixels = kDefaultMaxPixels;
};

}  // namespace yolofleet
