#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/tensorrt/jpeg/nvjpeg_library.hpp"
#include "cuda/handles.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::backend::tensorrt {

/// A JPEG file and the planes that it is decoded to.
struct JpegTask {
  std::span<const std::byte> file;
  PlanesView planes;  ///< in device memory, with the size and the subsampling of the file
};

/// One back end of nvJPEG on a device. All calls from one thread at a time, with the device
/// current.
class JpegEngine {
 public:
  /// Errors: kUnsupported (the device has no such back end; the message says what nvJPEG answers).
  /// Throws cuda::CudaError.
  static Result<std::unique_ptr<JpegEngine>> make(const NvjpegLibrary& library, int device,
                                                  nvjpeg::Backend backend);
  JpegEngine(const JpegEngine&) = delete;
  JpegEngine& operator=(const JpegEngine&) = delete;
  ~JpegEngine();

  /// Decodes a batch of at least one file and waits, without using the CPU, until it is done. With
  /// any other answer than kSuccess the planes are undefined. Precondition: no work on the device
  /// uses the planes any more, since the hardware may write before work that is on any stream
  /// (github.com/meta-pytorch/torchcodec/pull/1634). Throws cuda::CudaError.
  nvjpeg::Status decode(std::span<const JpegTask> batch);

 private:
  JpegEngine(NvjpegLibrary library, int device);

  nvjpeg::Status open(nvjpeg::Backend backend);
  nvjpeg::Status make_state();
  nvjpeg::Status enqueue(std::span<const JpegTask> batch);
  /// nvJPEG's state of a batch that failed can't be used again.
  void drop_state() noexcept;

  const NvjpegLibrary library_;
  const int device_;
  cuda::Stream stream_;
  cuda::Event done_;
  nvjpeg::Handle handle_ = nullptr;
  nvjpeg::State state_ = nullptr;  // null: it has to be made
  std::size_t batch_ = 0;          // that the state is initialised for
  // Of the batch:
  std::vector<const unsigned char*> files_;
  std::vector<std::size_t> sizes_;
  std::vector<nvjpeg::Image> targets_;
};

/// Whether the answer is about the file, not about the engine.
constexpr bool is_about_file(nvjpeg::Status status) noexcept {
  return status == nvjpeg::Status::kBadJpeg || status == nvjpeg::Status::kJpegNotSupported ||
         status == nvjpeg::Status::kIncompleteBitstream;
}

/// "execution failed (6)".
std::string text_of(nvjpeg::Status status);

}  // namespace yolofleet::backend::tensorrt
