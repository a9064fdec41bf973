// How pictures get into lanes and out of them again.

#include <algorithm>
#include <utility>

#include "fleet/fleet.hpp"

namespace yolofleet::fleet {
namespace {

bool is_device_error(const PictureResult& result) {
  return result.error && result.error->code == ErrorCode::kDevice;
}

/// Whether another lane can process it.
bool can_be_passed_on(const backend::Job& job) {
  const auto* const view = std::get_if<ImageView>(&job.picture);
  return !job.passed_on && (view == nullptr || view->data != nullptr);
}

PictureResult failed(backend::Job& job, Error error) {
  PictureResult result;
  result.index = job.ticket;
  result.error = std::move(error);
  result.tag = std::move(job.tag);
  return result;
}

}  // namespace

bool Fleet::no_more() const {
  const bool taker_waits_in_vain =
      waiters_.takers > 0 && lanes_.pictures_inside() == 0 && !results_.ready();
  return decoding_ == 0 && (finished_ || taker_waits_in_vain || room_.is_full());
}

void Fleet::dispatch(Clock::time_point now) {
  room_.update(unfinished(), results_.under_way());
  while (!waiting_.empty()) {
    if (!lanes_.any_used()) {
      fail_waiting();
      return;
    }
    const Demand demand{waiting_.size(), no_more(), waiting_.front().since + options_.max_wait};
    const Decision decision = decide(demand, lanes_.loads(), now);
    if (decision.look_again && (!alarm_.time || *decision.look_again < *alarm_.time)) {
      alarm_.time = decision.look_again;
      alarm_.changed.notify_one();
    }
    if (decision.pictures == 0 || !send(decision, now)) {
      return;
    }
  }
}

bool Fleet::send(const Decision& decision, Clock::time_point now) {
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(decision.pictures);
  std::vector<backend::Job> batch;
  batch.reserve(decision.pictures);
  Clock::duration queued{};
  for (auto waiting = waiting_.begin(); waiting != end; ++waiting) {
    batch.push_back(std::move(waiting->job));
    queued += now - waiting->since;
  }
  if (!lanes_.give(decision.lane, batch, queued, now)) {  // unexpected: it is asked again later
    for (std::size_t i = 0; i < batch.size(); ++i) {
      waiting_[i].job = std::move(batch[i]);
    }
    return false;
  }
  waiting_.erase(waiting_.begin(), end);
  return true;
}

void Fleet::put(PictureResult result) {
  totals_.finished(result, Clock::now());
  results_.put(std::move(result));
}

void Fleet::wait_for_lane(backend::Job job, Clock::time_point now) {
  const auto place = std::lower_bound(
      waiting_.begin(), waiting_.end(), job.ticket,
      [](const Waiting& a, std::uint64_t ticket) { return a.job.ticket < ticket; });
  waiting_.insert(place, {std::move(job), now});
}

void Fleet::fail_waiting() {
  const Seat& lost = lanes_.last_lost();
  for (Waiting& waiting : std::exchange(waiting_, {})) {
    PictureResult result = failed(waiting.job, *lost.error);
    result.device = lost.device;
    put(std::move(result));
  }
}

bool Fleet::lose_if_broken(std::size_t lane, const std::vector<PictureResult>& results) {
  if (options_.on_device_error == OnDeviceError::kFail ||
      !std::all_of(results.begin(), results.end(), is_device_error)) {
    return false;
  }
  lanes_.lose(lane, *results.front().error);
  return true;
}

void Fleet::decoded(backend::Job job, std::optional<Error> error) {
  std::unique_lock lock{mutex_};
  --decoding_;
  if (closing_) {
    return;
  }
  const auto now = Clock::now();
  if (error) {
    put(failed(job, *std::move(error)));
  } else {
    wait_for_lane(std::move(job), now);
  }
  dispatch(now);
  unlock_and_wake(lock);
}

void Fleet::take_back(std::size_t lane, std::vector<PictureResult> results,
                      std::vector<backend::Job> jobs) {
  std::unique_lock lock{mutex_};
  const auto now = Clock::now();
  const bool lost = lose_if_broken(lane, results);
  LaneTable::Counts counts{results.size()};
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (lost && !closing_ && can_be_passed_on(jobs[i])) {
      jobs[i].passed_on = true;
      wait_for_lane(std::move(jobs[i]), now);
      continue;
    }
    ++counts.pictures;
    counts.failures += results[i].error ? 1U : 0U;
    results[i].tag = std::move(jobs[i].tag);
    put(std::move(results[i]));
  }
  lanes_.came_back(lane, counts, now);
  dispatch(now);
  unlock_and_wake(lock);
}

void Fleet::watch_alarm() {
  std::unique_lock lock{mutex_};
  while (!closing_) {
    if (!alarm_.time) {
      alarm_.changed.wait(lock);
    } else if (Clock::now() < *alarm_.time) {
      alarm_.changed.wait_until(lock, Clock::time_point{*alarm_.time});
    } else {
      alarm_.time.reset();
      dispatch(Clock::now());
    }
  }
}

}  // namespace yolofleet::fleet
