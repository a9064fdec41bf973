#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/lane/slot_memory.hpp"
#include "backend/tensorrt/lane/stage_marks.hpp"
#include "cuda/handles.hpp"
#include "yolofleet/detection.hpp"

namespace yolofleet::backend::tensorrt {

/// Room for one batch on a device, and all that takes it from pixels to detections: pinned and
/// device memory, a stream, and for each size of a ladder (1, 2, 4 ... max_batch) a context and a
/// captured graph of it all. Everything is allocated in `make`; afterwards only what the
/// CPU needs for a picture that it resizes.
///
/// A batch: `begin`, `put` for each picture, `enqueue`, all from one thread; then `wait` and
/// `detections`, from one thread, which may be another.
class Slot {
 public:
  /// Errors: kDevice, kTooLarge (no memory on the device or of the host that can be pinned).
  static Result<std::unique_ptr<Slot>> make(Plan& plan, const SlotOptions& options);
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() = default;

  /// Starts a batch of `count` pictures, 1 to max_batch. Throws cuda::CudaError.
  void begin(int count, const ops::Thresholds& thresholds);
  /// The next picture. From page-locked memory its pixels are fetched directly, so they must stay
  /// until `wait` has returned; else they are copied here. Where the room for pixels is used up,
  /// the picture is resized here, by the CPU. Throws cuda::CudaError.
  void put(const ImageView& picture);
  /// Puts everything on the stream: behind the pixels' copies the graph of the ladder's smallest
  /// size that holds the batch, which the device begins when the batch that `after` has now, if
  /// any, is done. Throws cuda::CudaError.
  void enqueue(const Slot* after);
  /// Sleeps until the batch is done. Throws cuda::CudaError.
  void wait();
  /// Whether the times of its stages are taken: SlotOptions::measured.
  bool measured() const noexcept { return options_.measured; }
  /// What the batch took on the device, stage by stage. Only if measured, once `wait` has returned.
  CudaTimes::Sample times() const;
  /// What was found in picture `index`, by falling confidence.
  std::vector<Detection> detections(int index) const;

  int device() const noexcept { return device_; }

 private:
  struct Step {
    int batch;
    OutputLayout output;
    Context context;
    cuda::GraphExec graph;
  };

  Slot(int device, const SlotOptions& options, std::size_t activation_bytes);
  Result<void> add_step(Plan& plan, int batch);
  /// `marks`: null, or where the stream is being captured those that become part of the graph.
  bool enqueue_step(Step& step, cudaStream_t stream, StageMarks* marks);
  void send_parameters();
  void resize_on_cpu(const ImageView& picture, int index);
  void stage(const ImageView& picture, ops::DevicePicture& target);

  const int device_;
  const SlotOptions options_;
  const ParameterLayout layout_;
  const std::size_t input_bytes_;  ///< of one picture
  SlotMemory memory_;
  cuda::Stream stream_;
  cuda::Event done_;
  StageMarks marks_;
  std::vector<Step> steps_;

  int count_ = 0;                ///< pictures of the batch
  int next_ = 0;                 ///< that `put` takes
  std::size_t pixels_used_ = 0;  ///< bytes of memory_.pixels
  const Step* step_ = nullptr;   ///< of the batch under way
};

}  // namespace yolofleet::backend::tensorrt
