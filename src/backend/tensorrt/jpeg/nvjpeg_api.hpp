#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

/// The part of nvJPEG's C interface that is used, as the library's versions 11 to 13 have it. Its
/// header isn't needed to build: few have it.
namespace yolofleet::backend::tensorrt::nvjpeg {

enum class Status : int {
  kSuccess = 0,
  kNotInitialized = 1,
  kInvalidParameter = 2,
  kBadJpeg = 3,
  kJpegNotSupported = 4,
  kAllocatorFailure = 5,
  kExecutionFailed = 6,
  kArchMismatch = 7,
  kInternalError = 8,
  kImplementationNotSupported = 9,
  kIncompleteBitstream = 10,
};

enum class Backend : int {
  kGpuHybrid = 2,  ///< CUDA kernels
  kHardware = 3,   ///< the card's JPEG engines
};

inline constexpr int kOutputYuv = 1;       ///< the planes as they are stored
inline constexpr int kSubsampling444 = 0;  ///< chroma as large as luma

/// The planes that a picture is decoded to, in device memory.
struct Image {
  unsigned char* channel[4];  // NOLINT(modernize-avoid-c-arrays): as in C
  std::size_t pitch[4];       // NOLINT(modernize-avoid-c-arrays)
};

using Handle = struct HandleObject*;
using State = struct StateObject*;

using GetProperty = Status(int type, int* value);
using CreateEx = Status(Backend backend, void* device_allocator, void* pinned_allocator,
                        unsigned flags, Handle* handle);
using Destroy = Status(Handle handle);
using StateCreate = Status(Handle handle, State* state);
using StateDestroy = Status(State state);
using BatchedInitialize = Status(Handle handle, State state, int batch, int cpu_threads,
                                 int output_format);
using BatchedPreAllocate = Status(Handle handle, State state, int batch, int width, int height,
                                  int subsampling, int output_format);
using DecodeBatched = Status(Handle handle, State state, const unsigned char* const* files,
                             const std::size_t* sizes, Image* targets, cudaStream_t stream);

}  // namespace yolofleet::backend::tensorrt::nvjpeg
