#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "backend/lane.hpp"

namespace yolofleet::testing {

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
};

/// A lane without a device: one thread that waits as its script says. The width of a result is the
/// number of bytes that the picture had, so that a test sees which picture it was.
class FakeLane final : public backend::Lane {
 public:
  FakeLane(FakeScript script, backend::OnFinished on_finished)
      : script_(std::move(script)),
        info_{script_.device, script_.device + ": fake", script_.slots, script_.batch},
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
    {
      const std::lock_guard lock{mutex_};
      if (in_slots_ == script_.slots) {
        return false;
      }
      ++in_slots_;
      queue_.push_back(std::move(batch));
    }
    wake_.notify_all();
    return true;
  }

 private:
  void run() {
    std::unique_lock lock{mutex_};
    for (;;) {
      wake_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) {
        return;
      }
      const std::vector<backend::Job> batch = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      std::vector<PictureResult> results = look_at(batch);
      lock.lock();
      --in_slots_;
      lock.unlock();
      on_finished_(std::move(results));
      lock.lock();
    }
  }

  std::vector<PictureResult> look_at(const std::vector<backend::Job>& batch) const {
    if (const auto delay = script_.delay(batch.front().ticket); delay.count() > 0) {
      std::this_thread::sleep_for(delay);
    }
    std::vector<PictureResult> results;
    for (const backend::Job& job : batch) {
      PictureResult& result = results.emplace_back();
      result.index = job.ticket;
      result.device = script_.device;
      result.error = script_.error(job.ticket);
      if (const auto* bytes = std::get_if<EncodedImage>(&job.picture)) {
        result.width = static_cast<int>(bytes->size());
      }
    }
    return results;
  }

  const FakeScript script_;
  const backend::LaneInfo info_;
  const backend::OnFinished on_finished_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false;
  std::size_t in_slots_ = 0;
  std::deque<std::vector<backend::Job>> queue_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace yolofleet::testing
