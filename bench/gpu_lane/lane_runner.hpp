#pragma once

#include <condition_variable>
#include <mutex>
#include <random>
#include <string>

#include "gpu_lane/setting.hpp"

namespace yolofleet::bench {

/// Keeps a lane full of the same pinned pictures.
class LaneRunner {
 public:
  LaneRunner(std::unique_ptr<trt::Plan> plan, const Setting& setting, std::size_t slots)
      : batch_(setting.engine.max_batch) {
    const std::size_t bytes = setting.picture_bytes();
    pixels_ = cuda::PinnedBuffer(plan->device(), bytes * kPictures);
    std::mt19937 random{2};
    for (std::size_t i = 0; i < pixels_.bytes(); ++i) {
      pixels_.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(random());
    }
    for (std::size_t i = 0; i < kPictures; ++i) {
      views_.push_back({pixels_.as<std::uint8_t>() + i * bytes, setting.width, setting.height,
                        static_cast<std::size_t>(setting.width) * 3, PixelFormat::kRgb});
    }
    trt::CudaLaneOptions options;
    options.slot = setting.slot;
    options.slots = slots;
    lane_ =
        take(trt::make_cuda_lane(std::move(plan), {"cuda", "cuda", 1, 1}, options,
                                 [this](const std::vector<PictureResult>& results,
                                        const std::vector<backend::Job>&) { finished(results); }));
  }

  /// Pictures a second.
  double run(double seconds) {
    std::size_t pictures = 0;
    const auto begin = Clock::now();
    while (seconds_since(begin) < seconds) {
      submit();
      pictures += static_cast<std::size_t>(batch_);
    }
    wait_idle();
    return static_cast<double>(pictures) / seconds_since(begin);
  }

  /// Milliseconds from the submission of one picture to its detections, median of many.
  double latency(int runs) {
    batch_ = 1;
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
      const auto begin = Clock::now();
      submit();
      wait_idle();
      times.push_back(seconds_since(begin) * 1e3);
    }
    return median(times);
  }

 private:
  static constexpr std::size_t kPictures = 64;

  void submit() {
    std::vector<backend::Job> batch;
    for (int i = 0; i < batch_; ++i) {
      batch.push_back({0, views_[next_++ % kPictures]});
    }
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return under_way_ < lane_->info().slots; });
    ++under_way_;
    lock.unlock();
    if (!lane_->try_submit(batch)) {
      throw std::runtime_error("the lane has a free slot, but takes nothing");
    }
  }

  void wait_idle() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return under_way_ == 0; });
    if (!error_.empty()) {
      throw std::runtime_error(error_);
    }
  }

  void finished(const std::vector<PictureResult>& results) {
    {
      const std::lock_guard lock{mutex_};
      --under_way_;
      if (results.front().error) {
        error_ = results.front().error->message;
      }
    }
    changed_.notify_all();
  }

  int batch_;
  cuda::PinnedBuffer pixels_;
  std::vector<ImageView> views_;
  std::size_t next_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::string error_;
  std::unique_ptr<backend::Lane> lane_;  // last: it calls back until it is gone
};

}  // namespace yolofleet::bench
