#include "backend/tensorrt/lane/cuda_lane.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "backend/pixels.hpp"
#include "backend/tensorrt/lane/lane_memory.hpp"
#include "backend/tensorrt/lane/sampled_times.hpp"
#include "backend/tensorrt/lane/turns.hpp"
#include "backend/tensorrt/lane/worker.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// A batch between its submission and its results.
struct Batch {
  std::vector<Job> jobs;
  std::vector<PictureResult> results;
  Slot* slot = nullptr;
  bool failed = false;  ///< the results are its errors
};

/// Batches that a device computes at the same time: the kernels of one fill the gaps between those
/// of another. Without a bound all would finish together, and then copies and kernels would
/// alternate instead of overlapping. Measured: docs/gpu.md.
constexpr std::size_t kComputing = 3;

class CudaLane final : public Lane {
 public:
  CudaLane(std::unique_ptr<Plan> plan, std::vector<std::unique_ptr<Slot>> slots, LaneInfo info,
           const CudaLaneOptions& options, OnFinished on_finished)
      : plan_(std::move(plan)),
        slots_(std::move(slots)),
        info_(std::move(info)),
        keep_pixels_(options.keep_pixels),
        thresholds_(options.slot.thresholds),
        on_finished_(std::move(on_finished)),
        finisher_(enqueued_,
                  [this, device = plan_->device()] {
                    cuda::make_current(device);
                    finish_all();
                    slots_.clear();  // here, where their device is current
                    plan_.reset();
                  }),
        enqueuer_(submitted_, [this, device = plan_->device()] {
          cuda::make_current(device);
          enqueue_all();
        }) {
    for (const auto& slot : slots_) {
      free_.push_back(slot.get());
    }
  }

  const LaneInfo& info() const noexcept override { return info_; }

  LaneStats stats() const override {
    return {times_.report(kCudaStageNames, device_times_.sum()), uploaded_bytes_};
  }

  bool try_submit(std::vector<Job>& batch) override {
    Batch accepted;
    {
      const std::lock_guard lock{mutex_};
      if (free_.empty()) {
        return false;
      }
      accepted.slot = free_.front();
      free_.pop_front();
    }
    accepted.jobs = std::move(batch);
    submitted_.push(std::move(accepted));
    return true;
  }

 private:
  void enqueue_all() {
    Batch batch;
    while (submitted_.pop(batch)) {
      enqueue(batch);
      enqueued_.push(std::exchange(batch, {}));
    }
  }

  void enqueue(Batch& batch) {
    try {
      const auto begin = CudaTimes::Clock::now();
      batch.results.reserve(batch.jobs.size());
      batch.slot->begin(static_cast<int>(batch.jobs.size()), thresholds_of(batch));
      for (const Job& job : batch.jobs) {
        const PixelView pixels = pixels_of(job.picture);
        const ShownSize size = shown_size(pixels);
        PictureResult& result = batch.results.emplace_back();
        result.index = job.ticket;
        result.device = info_.device;
        result.width = size.width;
        result.height = size.height;
        put(batch, job.picture, pixels);
      }
      batch.slot->enqueue(turns_.predecessor_of(*batch.slot));
      uploaded_bytes_ += batch.slot->uploaded_bytes();
      times_.add(CudaStage::kHost, begin);
    } catch (const std::exception& exception) {
      fail(batch, exception);
    }
  }

  /// Adds a picture to the batch's slot. A picture that the slot refuses gets an error.
  static void put(Batch& batch, const Picture& picture, const PixelView& pixels) {
    const auto* const on_device = std::get_if<DeviceImage>(&picture);
    if (on_device == nullptr) {
      batch.slot->put(pixels);
    } else if (auto taken = batch.slot->put(*on_device); !taken) {
      batch.results.back().error = std::move(taken).error();
    }
  }

  ops::Thresholds thresholds_of(const Batch& batch) const {
    return batch.jobs.front().thresholds.value_or(thresholds_);
  }

  void finish_all() {
    Batch batch;
    while (enqueued_.pop(batch)) {
      finish(batch);
      {
        const std::lock_guard lock{mutex_};
        free_.push_back(batch.slot);
      }
      Batch done = std::exchange(batch, {});
      on_finished_(std::move(done.results), std::move(done.jobs));
    }
  }

  void finish(Batch& batch) {
    try {
      if (batch.failed) {
        return;
      }
      batch.slot->wait();
      const auto begin = CudaTimes::Clock::now();
      if (batch.slot->measured()) {
        device_times_.add(batch.slot->times());
      } else {
        device_times_.add();
      }
      for (std::size_t i = 0; i < batch.results.size(); ++i) {
        if (!batch.results[i].error) {
          batch.slot->read(static_cast<int>(i), batch.results[i]);
        }
      }
      // After the last call that throws: a failed batch gives its pictures back.
      if (keep_pixels_) {
        keep_pixels(batch);
      }
      release_device_images(batch);
      times_.add(CudaStage::kHost, begin);
    } catch (const std::exception& exception) {
      fail(batch, exception);
    }
  }

  static void keep_pixels(Batch& batch) {
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
      if (auto* const image = std::get_if<Image>(&batch.jobs[i].picture); image != nullptr) {
        batch.results[i].pixels = std::move(*image);
      }
    }
  }

  static void release_device_images(Batch& batch) {
    for (Job& job : batch.jobs) {
      if (std::holds_alternative<DeviceImage>(job.picture)) {
        job.picture = ImageView{};
      }
    }
  }

  /// The device failed, or the host has no memory: an error for each picture of the batch.
  void fail(Batch& batch, const std::exception& exception) const {
    batch.failed = true;
    batch.results.resize(batch.jobs.size());
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
      PictureResult& result = batch.results[i];
      result.index = batch.jobs[i].ticket;
      result.device = info_.device;
      result.detections.clear();
      result.detections_cut = 0;
      result.candidates_dropped = 0;
      result.error = Error{ErrorCode::kDevice, info_.device + ": " + exception.what()};
    }
  }

  std::unique_ptr<Plan> plan_;  // outlives the slots' contexts
  std::vector<std::unique_ptr<Slot>> slots_;
  const LaneInfo info_;
  const bool keep_pixels_;
  const ops::Thresholds thresholds_;
  const OnFinished on_finished_;
  CudaTimes times_;
  SampledTimes device_times_;
  std::atomic<std::uint64_t> uploaded_bytes_{0};
  std::mutex mutex_;
  std::deque<Slot*> free_;  // used in turn, so that the times of one slot are typical of all
  Channel<Batch> submitted_;
  Channel<Batch> enqueued_;
  Turns<Slot, kComputing> turns_;  // of the enqueuer
  Worker<Batch> finisher_;  // last: the threads use the other members; the enqueuer ends first
  Worker<Batch> enqueuer_;
};

}  // namespace

Result<std::unique_ptr<Lane>> make_cuda_lane(std::unique_ptr<Plan> plan, LaneInfo info,
                                             const CudaLaneOptions& options,
                                             OnFinished on_finished) {
  const MemoryNeed need{options.slot, options.slots, plan->activation_bytes()};
  const std::size_t free = cuda::free_bytes(plan->device());
  if (need.bytes() > free) {
    return tl::unexpected(no_memory(info.device, need, free));
  }
  std::vector<std::unique_ptr<Slot>> slots;
  for (std::size_t i = 0; i < options.slots; ++i) {
    SlotOptions one = options.slot;
    one.measured = options.slot.measured && i == 0;  // in all slots it would cost 2 %: docs/gpu.md
    auto slot = Slot::make(*plan, one);
    if (!slot) {
      return tl::unexpected(slot.error().code == ErrorCode::kTooLarge
                                ? allocation_failed(slot.error(), need, free)
                                : std::move(slot).error());
    }
    slots.push_back(*std::move(slot));
  }
  info.slots = options.slots;
  info.batch = static_cast<std::size_t>(options.slot.max_batch);
  return std::make_unique<CudaLane>(std::move(plan), std::move(slots), std::move(info), options,
                                    std::move(on_finished));
}

}  // namespace yolofleet::backend::tensorrt
