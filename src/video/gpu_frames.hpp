#pragma once

#include <memory>

#include "video/module.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::video {

/// A GPU's side of a reader: it keeps the frames that the GPU's video decoder makes. For one thread
/// at a time, whose current CUDA device changes.
class GpuFrames {
 public:
  GpuFrames() = default;
  GpuFrames(const GpuFrames&) = delete;
  GpuFrames& operator=(const GpuFrames&) = delete;
  virtual ~GpuFrames() = default;

  /// Valid as long as this object.
  virtual const GpuContext& context() const noexcept = 0;

  /// Copies a frame of FrameView::on_gpu, waits until that is done, and returns the copy: a
  /// DeviceImage that owns its memory, or Planes if the memory for frames is full. Errors: kDevice.
  virtual Result<Picture> keep(const PlanesView& frame,
                               const std::shared_ptr<PixelMemory>& host) = 0;
  /// Copies a frame to Planes, in `host` if it isn't null and has room. Errors: kDevice.
  virtual Result<Planes> download(const PlanesView& frame,
                                  const std::shared_ptr<PixelMemory>& host) = 0;
};

}  // namespace yolofleet::video
