#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"
#include "yolofleet/video.hpp"

/// The interface between the library and the module that reads and writes videos. The module is a
/// shared library that is loaded at run time, so that the program also starts without FFmpeg.
namespace yolofleet::video {

/// The handles of CUDA's driver with which a GPU decodes. The caller keeps them.
struct GpuContext {
  void* context = nullptr;  ///< CUcontext
  void* stream = nullptr;   ///< CUstream
};

/// A decoded frame whose samples belong to the Source.
struct FrameView {
  PlanesView picture;
  bool on_gpu = false;  ///< in the memory of GpuContext, once the work on its stream is done
  double seconds = 0;   ///< as VideoFrame::seconds
  std::chrono::steady_clock::time_point read_at;  ///< as VideoFrame::read_at
};

/// An open video. For one thread at a time, but for `interrupt`. Errors as VideoReader's.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// VideoInfo::device is VideoOptions::device as long as the GPU decodes, else "cpu".
  virtual const VideoInfo& info() const noexcept = 0;
  /// The next frame from VideoOptions::from to `to`; nothing after the last one. It is valid until
  /// the next call.
  virtual Result<std::optional<FrameView>> next() = 0;
  virtual void interrupt() noexcept = 0;
};

/// The kinds of file that a Sink writes.
enum class Container { kMp4, kMatroska, kAvi };

struct SinkOptions {
  std::string name;  ///< of the file, for messages
  int descriptor =
      -1;  ///< of an empty file that can be written and seeked in; the caller closes it
  Container container = Container::kMp4;
  int width = 0;          ///< at least 1
  int height = 0;         ///< at least 1
  double frame_rate = 0;  ///< over 0
};

/// A video that is being written. For one thread at a time. Errors: kIo.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// Preconditions: a valid view of the size of SinkOptions, a time after that of the frame before.
  virtual Result<void> write(const ImageView& frame, double seconds) = 0;
  /// Writes the end of the file. No frame may follow.
  virtual Result<void> finish() = 0;
};

/// The functions of the module. There is one object per process, which is never destroyed.
/// Thread-safe.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  /// Decodes on a GPU what that can, if `gpu` isn't null. Precondition: the options are in their
  /// ranges.
  virtual Result<std::unique_ptr<Source>> open_source(const std::string& source,
                                                      const VideoOptions& options,
                                                      const GpuContext* gpu) = 0;
  /// Errors: kUnsupported (no encoder), kIo.
  virtual Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options) = 0;
};

/// The module's one exported function: `extern "C" Module* yolofleet_video_module(const char*
/// build_id)`, as base/module.hpp describes it. The build makes the id from the project's version
/// and a hash of this header and of the public headers that it includes.
inline constexpr const char* kModuleEntryPoint = "yolofleet_video_module";

}  // namespace yolofleet::video
