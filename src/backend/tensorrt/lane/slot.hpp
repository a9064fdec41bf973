#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/lane/slot_memory.hpp"
#include "backend/tensorrt/lane/slot_pictures.hpp"
#include "backend/tensorrt/lane/stage_marks.hpp"
#include "cuda/handles.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet::backend::tensorrt {

/// The resources of one batch from pixels to detections on a device: pinned and device memory, a
/// stream, and for each batch size of a ladder (1, 2, 4 ... max_batch) a context and a captured
/// graph. `make` allocates everything, except the memory in which the CPU resizes a picture.
///
/// Call `begin`, `put` for each picture, and `enqueue` from one thread; then `wait` and
/// `read` from one thread, which may be another.
class Slot {
 public:
  /// The slot keeps using `plan`, which must outlive it. Errors: kDevice, kTooLarge (too little
  /// memory on the device, or too little page-locked memory).
  static Result<std::unique_ptr<Slot>> make(Plan& plan, const SlotOptions& options);
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() = default;

  /// Starts a batch of `count` pictures, 1 to max_batch. Throws cuda::CudaError.
  void begin(int count, const ops::Thresholds& thresholds);
  /// Adds the next picture: see SlotPictures::put. Throws cuda::CudaError.
  void put(const PixelView& picture);
  Result<void> put(const DeviceImage& picture);
  /// The bytes of the batch's pictures that were sent to the device from the host.
  std::uint64_t uploaded_bytes() const noexcept;
  /// Enqueues what follows the pixels' copies: the copy of the parameters, the kernels that resize,
  /// and the graph of the smallest size in the ladder that holds the batch. If `after` isn't null,
  /// the device starts the kernels only when the current batch of `after` is done. Throws
  /// cuda::CudaError.
  void enqueue(const Slot* after);
  /// Blocks until the batch is done, without using the CPU. Throws cuda::CudaError.
  void wait();
  /// SlotOptions::measured.
  bool measured() const noexcept { return options_.measured; }
  /// The times of the batch's stages on the device. Preconditions: `measured`, and `wait` has
  /// returned.
  CudaTimes::Sample times() const;
  /// Sets the detections of picture `index`, and the numbers of those that were left out.
  /// Precondition: `wait` has returned.
  void read(int index, PictureResult& result) const;

  int device() const noexcept { return device_; }

 private:
  /// One batch size of the ladder.
  struct Step {
    int batch;
    OutputLayout output;
    Context context;
    cuda::GraphExec graph;
  };

  Slot(int device, const SlotOptions& options, std::size_t activation_bytes);
  Result<void> add_step(Plan& plan, int batch);
  /// Enqueues or captures the work from the network to the download. `marks`, if not null, are
  /// added to the graph that is being captured. Returns false if TensorRT refuses.
  bool enqueue_step(Step& step, cudaStream_t stream, StageMarks* marks);
  void send_parameters();

  const int device_;
  const SlotOptions options_;
  const ParameterLayout layout_;
  SlotMemory memory_;
  cuda::Stream stream_;
  cuda::Event done_;
  StageMarks marks_;
  SlotPictures pictures_;
  std::vector<Step> steps_;

  const Step* step_ = nullptr;  ///< runs the current batch
};

}  // namespace yolofleet::backend::tensorrt
