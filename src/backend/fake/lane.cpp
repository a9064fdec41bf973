#include "backend/fake/lane.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "backend/pixels.hpp"

namespace yolofleet::backend::fake {
namespace {

class FakeLane final : public Lane {
 public:
  FakeLane(Script script, const Workload& work, OnFinished on_finished)
      : script_(std::move(script)),
        classes_(work.network.class_count()),
        confidence_(work.options.confidence),
        max_detections_(static_cast<std::uint64_t>(work.options.max_detections)),
        decoding_{{work.options.max_pixels}, work.options.keep_pixels},
        on_finished_(std::move(on_finished)) {
    info_.device = script_.id;
    info_.description = script_.id + ": scripted";
    info_.slots = script_.slots;
    info_.batch = script_.batch;
    info_.kind = "fake";
    info_.decodes = script_.decodes;
    info_.takes_device_images = script_.device_images || script_.decoder.batch > 0;
    thread_ = std::thread{[this] { run(); }};
  }

  FakeLane(const FakeLane&) = delete;
  FakeLane& operator=(const FakeLane&) = delete;

  ~FakeLane() override {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  const LaneInfo& info() const noexcept override { return info_; }

  bool try_submit(std::vector<Job>& batch) override {
    {
      const std::lock_guard lock{mutex_};
      if (taken_ == info_.slots) {
        return false;
      }
      ++taken_;
      batches_.push_back(std::move(batch));
    }
    changed_.notify_all();
    return true;
  }

  LaneStats stats() const override {
    const std::lock_guard lock{mutex_};
    const std::chrono::duration<double> busy = script_.delay * done_;
    return {{{"network", busy.count()}}};
  }

 private:
  void run() {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [&] { return closing_ || !batches_.empty(); });
      if (batches_.empty()) {
        return;
      }
      if (done_ >= script_.hang_after) {
        changed_.wait(lock, [&] { return closing_; });
      }
      std::vector<Job> jobs = std::move(batches_.front());
      batches_.pop_front();
      const bool fails = done_++ >= script_.fail_after;
      lock.unlock();
      std::this_thread::sleep_for(script_.delay);
      std::vector<PictureResult> results;
      results.reserve(jobs.size());
      for (Job& job : jobs) {
        results.push_back(fails ? failure(job) : detect(job));
      }
      lock.lock();
      --taken_;
      lock.unlock();
      on_finished_(std::move(results), std::move(jobs));
      lock.lock();
    }
  }

  PictureResult result_of(const Job& job) const {
    PictureResult result;
    result.index = job.ticket;
    result.device = script_.id;
    return result;
  }

  PictureResult failure(const Job& job) const {
    PictureResult result = result_of(job);
    result.error = Error{ErrorCode::kDevice, script_.id + ": failed as its script says"};
    return result;
  }

  PictureResult detect(Job& job) const {
    PictureResult result = result_of(job);
    if (auto decoded = decode_in_place(job, decoding_); !decoded) {
      result.error = std::move(decoded).error();
      return result;
    }
    const PixelView view = pixels_of(job.picture);
    const ShownSize size = shown_size(view);
    result.width = size.width;
    result.height = size.height;
    const float threshold = job.thresholds ? job.thresholds->confidence : confidence_;
    if (const Detection found = detection_in(view); found.confidence > threshold) {
      const std::uint64_t kept = std::min(script_.found, script_.room);
      const std::uint64_t most = max_detections_ > 0 ? max_detections_ : kept;
      result.candidates_dropped = script_.found - kept;
      result.detections_cut = kept - std::min(kept, most);
      result.detections.assign(static_cast<std::size_t>(kept - result.detections_cut), found);
    }
    if (auto* const image = std::get_if<Image>(&job.picture);
        decoding_.keep_pixels && image != nullptr) {
      result.pixels = std::move(*image);
    }
    return result;
  }

  Detection detection_in(const PixelView& view) const {
    const auto* const planes = std::get_if<PlanesView>(&view);
    const int level = planes != nullptr ? planes->planes[0][0] : std::get<ImageView>(view).data[0];
    const ShownSize size = shown_size(view);
    const auto width = static_cast<float>(size.width);
    const auto height = static_cast<float>(size.height);
    const float left = script_.wrong ? 0 : width / 4;
    return {{left, height / 4, width / 2, height / 2},
            level % classes_,
            0.5F + static_cast<float>(level) / 512};
  }

  const Script script_;
  const int classes_;
  const float confidence_;
  const std::uint64_t max_detections_;  // 0: no limit
  const FileDecoding decoding_;
  const OnFinished on_finished_;
  LaneInfo info_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<Job>> batches_;
  std::size_t taken_ = 0;  // batches that wait or are under way
  std::uint64_t done_ = 0;
  bool closing_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace

std::unique_ptr<Lane> make_lane(const Script& script, const Workload& work,
                                const OnFinished& on_finished) {
  return std::make_unique<FakeLane>(script, work, on_finished);
}

}  // namespace yolofleet::backend::fake
