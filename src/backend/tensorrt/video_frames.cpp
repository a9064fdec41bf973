#include "backend/tensorrt/video_frames.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "backend/tensorrt/entry_point.hpp"
#include "backend/tensorrt/plane_memory.hpp"
#include "base/fail.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "image/plane_rows.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// VideoFrame::picture tells these.
constexpr std::size_t kMostMemory = std::size_t{2} << 30U;
constexpr std::size_t kPartOfFree = 4;

/// With less memory frames go through the host.
constexpr std::size_t kLeastMemory = std::size_t{64} << 20U;

/// The memory for the frames of all videos of a device, as long as there is one; null if the device
/// is full.
std::shared_ptr<PlaneMemory> frame_memory(int device) {
  static std::mutex mutex;
  static std::map<int, std::weak_ptr<PlaneMemory>> of_devices;
  const std::lock_guard lock{mutex};
  std::weak_ptr<PlaneMemory>& known = of_devices[device];
  if (auto memory = known.lock()) {
    return memory;
  }
  const std::size_t bytes = std::min(kMostMemory, cuda::free_bytes(device) / kPartOfFree);
  if (bytes < kLeastMemory) {
    return nullptr;
  }
  try {
    auto memory = std::make_shared<PlaneMemory>(device, bytes);
    known = memory;
    return memory;
  } catch (const cuda::CudaError& error) {
    if (error.code() == cudaErrorMemoryAllocation) {
      return nullptr;
    }
    throw;
  }
}

/// The CUcontext that the CUDA runtime uses for the current device; null if the driver lacks the
/// function that tells it.
void* current_context() {
  cuda::check(cudaFree(nullptr));  // makes it
  void* const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  using Get = int(void** context);
  auto* const get = driver == nullptr ? nullptr : entry_point<Get>(driver, "cuCtxGetCurrent");
  void* context = nullptr;
  return get != nullptr && get(&context) == 0 ? context : nullptr;
}

class CudaVideoFrames final : public video::GpuFrames {
 public:
  CudaVideoFrames(int device, std::string id, void* context)
      : device_(device),
        id_(std::move(id)),
        stream_(cuda::make_stream(device)),
        copied_(cuda::make_blocking_event(device)),
        memory_(frame_memory(device)),
        context_{context, stream_.get()} {}

  const video::GpuContext& context() const noexcept override { return context_; }

  Result<Picture> keep(const PlanesView& frame, const std::shared_ptr<PixelMemory>& host) override {
    const PlaneLayout layout = layout_of(frame.format, frame.width, frame.height);
    auto block = memory_ == nullptr ? nullptr : memory_->take(layout.bytes);
    if (block == nullptr) {
      return download(frame, host).map([](Planes planes) { return Picture(std::move(planes)); });
    }
    DeviceImage kept;
    kept.device = id_;
    const PlanesView planes = planes_at(block.get(), layout, frame);
    kept.pixels = planes;
    kept.owner = std::move(block);
    return copy(frame, planes, cudaMemcpyDeviceToDevice).map([&] {
      return Picture(std::move(kept));
    });
  }

  Result<Planes> download(const PlanesView& frame,
                          const std::shared_ptr<PixelMemory>& host) override {
    Planes planes(frame.width, frame.height, frame.format, host);
    planes.set_orientation(frame.orientation);
    return copy(frame, planes.view(), cudaMemcpyDeviceToHost).map([&] {
      return std::move(planes);
    });
  }

 private:
  /// Copies the samples of a frame to those of another picture, and waits.
  Result<void> copy(const PlanesView& frame, const PlanesView& picture, cudaMemcpyKind kind) {
    try {
      cuda::make_current(device_);
      const image::PlaneList from = image::planes_of(frame);
      const image::PlaneList to = image::planes_of(picture);
      for (std::size_t plane = 0; plane < from.size(); ++plane) {
        const image::PlaneRows& rows = from.begin()[plane];
        const image::PlaneRows& target = to.begin()[plane];
        cuda::check(cudaMemcpy2DAsync(const_cast<std::uint8_t*>(target.data), target.stride,
                                      rows.data, rows.stride, rows.row_bytes, rows.rows, kind,
                                      stream_.get()));
      }
      cuda::check(cudaEventRecord(copied_.get(), stream_.get()));
      cuda::check(cudaEventSynchronize(copied_.get()));
      return {};
    } catch (const cuda::CudaError& error) {
      return tl::unexpected(cuda::error_of(error, id_ + ": a frame of a video"));
    }
  }

  const int device_;
  const std::string id_;
  const cuda::Stream stream_;
  const cuda::Event copied_;
  const std::shared_ptr<PlaneMemory> memory_;
  const video::GpuContext context_;
};

}  // namespace

bool has_video_decoder() {
  static const bool has = dlopen("libnvcuvid.so.1", RTLD_NOW | RTLD_LOCAL) != nullptr;
  return has;
}

Result<std::unique_ptr<video::GpuFrames>> make_video_frames(const CudaDevice& card) {
  if (!has_video_decoder()) {
    return nullptr;
  }
  try {
    cuda::check(cudaSetDevice(card.index));
    void* const context = current_context();
    if (context == nullptr) {
      return base::fail(ErrorCode::kDevice, "{}: its driver doesn't tell its context", id_of(card));
    }
    return std::make_unique<CudaVideoFrames>(card.index, id_of(card), context);
  } catch (const cuda::CudaError& error) {
    return tl::unexpected(cuda::error_of(error, id_of(card) + ": decoding a video"));
  }
}

}  // namespace yolofleet::backend::tensorrt
