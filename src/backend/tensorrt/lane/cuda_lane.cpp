#include "backend/tensorrt/lane/cuda_lane.hpp"

#include <deque>
#include <mutex>
#include <utility>

#include "backend/tensorrt/lane/lane_memory.hpp"
#include "backend/tensorrt/lane/sampled_times.hpp"
#include "backend/tensorrt/lane/turns.hpp"
#include "backend/tensorrt/lane/worker.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// A batch between its submission and its results.
struct Batch {
  std::vector<Job> jobs;
  std::vector<PictureResult> results;
  std::vector<std::size_t> on_device;  ///< index of the result of each picture that the slot holds
  Slot* slot = nullptr;                ///< null: nothing of it is on the device
};

/// Batches that a device computes at once: the kernels of some fill the gaps between another's.
/// Without a bound all would come to their ends together, and the copies of the next ones and the
/// kernels would take turns. Measured: docs/gpu.md.
constexpr std::size_t kComputing = 3;

class CudaLane final : public Lane {
 public:
  CudaLane(std::unique_ptr<Plan> plan, std::vector<std::unique_ptr<Slot>> slots, LaneInfo info,
           const CudaLaneOptions& options, OnFinished on_finished)
      : plan_(std::move(plan)),
        slots_(std::move(slots)),
        info_(std::move(info)),
        keep_pixels_(options.keep_pixels),
        limits_{options.max_pixels},
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

  LaneStats stats() const override { return {times_.report(kCudaStageNames, device_times_.sum())}; }

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
      auto begin = CudaTimes::Clock::now();
      const std::vector<ImageView> views = decode(batch);
      begin = times_.add(CudaStage::kDecode, begin);
      if (!views.empty()) {
        batch.slot->begin(static_cast<int>(views.size()), thresholds_of(batch));
        for (const ImageView& view : views) {
          batch.slot->put(view);
        }
        batch.slot->enqueue(turns_.predecessor_of(*batch.slot));
        times_.add(CudaStage::kHost, begin);
      }
    } catch (const std::exception& exception) {
      fail(batch, exception);
    }
  }

  ops::Thresholds thresholds_of(const Batch& batch) const {
    const auto& own = batch.jobs.front().thresholds;
    return own ? ops::Thresholds{own->confidence, own->nms} : thresholds_;
  }

  /// Makes pixels of every job; the views of those that have some.
  std::vector<ImageView> decode(Batch& batch) {
    std::vector<ImageView> views;
    batch.results.resize(batch.jobs.size());
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
      Job& job = batch.jobs[i];
      PictureResult& result = batch.results[i];
      result.index = job.ticket;
      result.device = info_.device;
      if (const auto* const encoded = std::get_if<EncodedImage>(&job.picture)) {
        auto image = Image::decode(*encoded, limits_);
        if (!image) {
          result.error = std::move(image).error();
          continue;
        }
        job.picture = *std::move(image);
      }
      const auto* const image = std::get_if<Image>(&job.picture);
      const ImageView view = image != nullptr ? image->view() : std::get<ImageView>(job.picture);
      result.width = view.width;
      result.height = view.height;
      views.push_back(view);
      batch.on_device.push_back(i);
    }
    return views;
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
      if (batch.on_device.empty()) {
        return;
      }
      batch.slot->wait();
      const auto begin = CudaTimes::Clock::now();
      if (batch.slot->measured()) {
        device_times_.add(batch.slot->times());
      } else {
        device_times_.add();
      }
      for (std::size_t i = 0; i < batch.on_device.size(); ++i) {
        PictureResult& result = batch.results[batch.on_device[i]];
        result.detections = batch.slot->detections(static_cast<int>(i));
        auto* const image = std::get_if<Image>(&batch.jobs[batch.on_device[i]].picture);
        if (keep_pixels_ && image != nullptr) {
          result.pixels = std::move(*image);
        }
      }
      times_.add(CudaStage::kHost, begin);
    } catch (const std::exception& exception) {
      fail(batch, exception);
    }
  }

  /// The device, or the memory of the host, failed under the whole batch.
  void fail(Batch& batch, const std::exception& exception) const {
    batch.results.resize(batch.jobs.size());
    for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
      PictureResult& result = batch.results[i];
      result.index = batch.jobs[i].ticket;
      result.device = info_.device;
      result.detections.clear();
      result.error = Error{ErrorCode::kDevice, info_.device + ": " + exception.what()};
    }
    batch.on_device.clear();
  }

  std::unique_ptr<Plan> plan_;  // outlives the slots' contexts
  std::vector<std::unique_ptr<Slot>> slots_;
  const LaneInfo info_;
  const bool keep_pixels_;
  const DecodeLimits limits_;
  const ops::Thresholds thresholds_;
  const OnFinished on_finished_;
  CudaTimes times_;
  SampledTimes device_times_;
  std::mutex mutex_;
  std::deque<Slot*> free_;  // all take their turns, so that one of them can speak for all
  Channel<Batch> submitted_;
  Channel<Batch> enqueued_;
  Turns<Slot, kComputing> turns_;  // of the enqueuer
  Worker<Batch> finisher_;  // these last: they use the others; this one ends when the next one has
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
