#include "backend/lane_feeder.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::backend {

OnFinished LaneFeeder::on_finished() {
  return [this](const std::vector<PictureResult>& results, const std::vector<Job>&) {
    const auto failed = std::find_if(results.begin(), results.end(),
                                     [](const auto& result) { return result.error.has_value(); });
    const std::lock_guard lock{mutex_};
    --under_way_;
    ++batches_;
    if (failed != results.end() && !error_) {
      error_ = failed->error;
    }
    came_back_.notify_one();
  };
}

void LaneFeeder::submit(Lane& lane) {
  std::vector<Job> batch;
  for (std::size_t i = 0; i < lane.info().batch; ++i) {
    std::visit(
        [&](const auto& view) {
          batch.push_back({next_, view, {}});
        },
        pictures_[next_ % pictures_.size()]);
    ++next_;
  }
  {
    std::unique_lock lock{mutex_};
    came_back_.wait(lock, [&] { return under_way_ < lane.info().slots; });
    ++under_way_;
  }
  lane.try_submit(batch);  // a slot is free before its batch comes back
}

Result<double> LaneFeeder::run(Lane& lane, std::chrono::duration<double> time) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const std::size_t first = next_;
  do {
    submit(lane);
  } while (Clock::now() - begin < time && !failed());
  std::unique_lock lock{mutex_};
  came_back_.wait(lock, [&] { return under_way_ == 0; });
  if (error_) {
    return tl::unexpected(*error_);
  }
  return static_cast<double>(next_ - first) /
         std::chrono::duration<double>(Clock::now() - begin).count();
}

bool LaneFeeder::failed() const {
  const std::lock_guard lock{mutex_};
  return error_.has_value();
}

std::uint64_t LaneFeeder::batches() const {
  const std::lock_guard lock{mutex_};
  return batches_;
}

}  // namespace yolofleet::backend
