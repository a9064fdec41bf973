#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "backend/decoder.hpp"
#include "backend/lane.hpp"
#include "backend/pixels.hpp"

namespace yolofleet::testing {

/// Counts the pictures that are in FakeLanes, and the most that ever were.
class Gauge {
 public:
  void add(std::size_t pictures) {
    const std::lock_guard lock{mutex_};
    now_ += pictures;
    most_ = std::max(most_, now_);
  }
  void remove(std::size_t pictures) {
    const std::lock_guard lock{mutex_};
    now_ -= pictures;
  }
  std::size_t now() const {
    const std::lock_guard lock{mutex_};
    return now_;
  }
  std::size_t most() const {
    const std::lock_guard lock{mutex_};
    return most_;
  }

 private:
  mutable std::mutex mutex_;
  std::size_t now_ = 0;
  std::size_t most_ = 0;
};

/// How a FakeLane behaves.
struct FakeScript {
  std::string device = "fake";
  std::size_t slots = 2;
  std::size_t batch = 1;
  /// How long the batch whose first picture has this index takes.
  std::function<std::chrono::microseconds(std::uint64_t)> delay = [](std::uint64_t) {
    return std::chrono::microseconds{0};
  };
  /// The error of the picture with this index.
  std::function<std::optional<Error>(std::uint64_t)> error = [](std::uint64_t) {
    return std::optional<Error>{};
  };
  /// The detections in a picture.
  std::function<std::vector<Detection>(const backend::Job&)> found = [](const backend::Job&) {
    return std::vector<Detection>{};
  };
  std::string kind = "fake";
  Precision precision = Precision::kFp32;
  bool decodes = true;
  bool device_images = false;  ///< it takes them
  /// Makes the decoder of its device, or the error in its place. Empty: there is none.
  std::function<Result<std::unique_ptr<backend::Decoder>>(std::vector<std::string>& reasons)>
      decoder;
  bool keep_pixels = false;  ///< of images and files, in the results
  bool gives_back = true;    ///< its pictures, in the jobs of their results
  Gauge* gauge = nullptr;    ///< where its pictures are counted
  std::vector<StageReport> stages;
};

/// A lane without a device: one thread that waits as its script says. A batch that had to wait for
/// the one before it is due its delay after that one was due, so how many a second it does depends
/// on the script alone, not on how punctually its thread wakes. The width of a result is the number
/// of bytes that the picture had, so that a test sees which picture it was.
class FakeLane final : public backend::Lane {
 public:
  FakeLane(FakeScript script, backend::OnFinished on_finished)
      : script_(std::move(script)),
        info_{script_.device, script_.device + ": fake", script_.slots,   script_.batch,
              script_.kind,   script_.precision,         script_.decodes, script_.device_images},
        on_finished_(std::move(on_finished)),
        thread_([this] { run(); }) {}

  FakeLane(const FakeLane&) = delete;
  FakeLane& operator=(const FakeLane&) = delete;

  ~FakeLane() override {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  const backend::LaneInfo& info() const noexcept override { return info_; }

  bool try_submit(std::vector<backend::Job>& batch) override {
    if (script_.gauge != nullptr) {
      script_.gauge->add(batch.size());
    }
    {
      const std::lock_guard lock{mutex_};
      if (in_slots_ == script_.slots) {
        return false;
      }
      ++in_slots_;
      queue_.push_back({std::move(batch), Clock::now()});
    }
    wake_.notify_one();
    return true;
  }

  backend::LaneStats stats() const override { return {script_.stages}; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Batch {
    std::vector<backend::Job> jobs;
    Clock::time_point came;
  };

  void run() {
    std::unique_lock lock{mutex_};
    for (;;) {
      wake_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) {
        return;
      }
      Batch batch = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      std::vector<PictureResult> results = look_at(batch);
      if (script_.gauge != nullptr) {
        script_.gauge->remove(results.size());
      }
      lock.lock();
      --in_slots_;
      lock.unlock();
      if (!script_.gives_back) {
        for (backend::Job& job : batch.jobs) {
          job.picture = ImageView{};
        }
      }
      on_finished_(std::move(results), std::move(batch.jobs));
      lock.lock();
    }
  }

  std::vector<PictureResult> look_at(Batch& batch) {
    if (const auto delay = script_.delay(batch.jobs.front().ticket); delay.count() > 0) {
      due_ = std::max(due_, batch.came) + delay;
      std::this_thread::sleep_until(due_);
    }
    std::vector<PictureResult> results;
    for (backend::Job& job : batch.jobs) {
      PictureResult& result = results.emplace_back();
      result.index = job.ticket;
      result.device = script_.device;
      result.error = script_.error(job.ticket);
      result.detections = script_.found(job);
      if (const auto* bytes = std::get_if<EncodedImage>(&job.picture)) {
        result.width = static_cast<int>(bytes->size());
      } else if (const auto* image = std::get_if<Image>(&job.picture)) {
        result.width = image->width();
      } else if (const auto* there = std::get_if<DeviceImage>(&job.picture)) {
        result.width = backend::shown_size(there->pixels).width;
      }
      if (script_.keep_pixels && !result.error) {
        result.pixels = take_pixels(job.picture);
      }
    }
    return results;
  }

  static Image take_pixels(Picture& picture) {
    auto* const image = std::get_if<Image>(&picture);
    return image != nullptr ? std::move(*image)
                            : Image::decode(std::get<EncodedImage>(picture)).value_or(Image{});
  }

  const FakeScript script_;
  const backend::LaneInfo info_;
  const backend::OnFinished on_finished_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false;
  std::size_t in_slots_ = 0;
  std::deque<Batch> queue_;
  Clock::time_point due_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace yolofleet::testing
