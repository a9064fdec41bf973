// How pictures get into lanes and out of them again: the part of Fleet that lanes have to do with.

#include <algorithm>
#include <utility>

#include "fleet/fleet.hpp"

namespace yolofleet::fleet {
namespace {

bool is_device_error(const PictureResult& result) {
  return result.error && result.error->code == ErrorCode::kDevice;
}

}  // namespace

bool Fleet::is_full() const {
  return unfinished() >= bounds_.pictures || results_.under_way() >= bounds_.under_way;
}

bool Fleet::no_more() const {
  const bool somebody_waits_in_vain = takers_ > 0 && in_lanes_ == 0 && !results_.ready();
  return decoding_ == 0 && (finished_ || somebody_waits_in_vain || is_full());
}

void Fleet::dispatch(Clock::time_point now) {
  while (!waiting_.empty()) {
    if (usable_ == 0) {
      fail_waiting();
      return;
    }
    const Demand demand{waiting_.size(), no_more(), waiting_.front().since + options_.max_wait};
    const Decision decision = decide(demand, loads_, now);
    if (decision.look_again && (!look_again_ || *decision.look_again < *look_again_)) {
      look_again_ = decision.look_again;
      deadline_.notify_one();
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
  Seat& seat = seats_[decision.lane];
  LaneLoad& load = loads_[decision.lane];
  if (!seat.lane->try_submit(batch)) {  // against what was counted: it is asked again later
    for (std::size_t i = 0; i < batch.size(); ++i) {
      waiting_[i].job = std::move(batch[i]);
    }
    return false;
  }
  waiting_.erase(waiting_.begin(), end);
  in_lanes_ += decision.pictures;
  ++load.batches;
  load.last_given = ++given_;
  seat.account.given(decision.pictures, queued, now);
  return true;
}

void Fleet::put(PictureResult result) {
  if (!passed_on_.empty()) {
    passed_on_.erase(result.index);
  }
  ++done_;
  last_result_ = Clock::now();
  if (result.error) {
    ++failed_;
  }
  results_.put(std::move(result));
}

void Fleet::put_back(backend::Job job) {
  passed_on_.insert(job.ticket);
  wait_for_lane(std::move(job), Clock::now());
}

void Fleet::wait_for_lane(backend::Job job, Clock::time_point now) {
  const auto place = std::lower_bound(
      waiting_.begin(), waiting_.end(), job.ticket,
      [](const Waiting& a, std::uint64_t ticket) { return a.job.ticket < ticket; });
  waiting_.insert(place, {std::move(job), now});
}

void Fleet::fail_waiting() {
  const Seat& lost = seats_[last_lost_];
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    PictureResult result;
    result.index = waiting.job.ticket;
    result.device = lost.device;
    result.error = lost.error;
    put(std::move(result));
  }
}

bool Fleet::lose_if_broken(std::size_t lane, const std::vector<PictureResult>& results) {
  if (options_.on_device_error == OnDeviceError::kFail ||
      !std::all_of(results.begin(), results.end(), is_device_error)) {
    return false;
  }
  if (loads_[lane].usable) {
    loads_[lane].usable = false;
    seats_[lane].error = results.front().error;
    last_lost_ = lane;
    --usable_;
  }
  return true;
}

void Fleet::decoded(backend::Job job, std::optional<Error> error) {
  std::unique_lock lock{mutex_};
  --decoding_;
  if (closing_) {
    return;
  }
  if (error) {
    PictureResult result;
    result.index = job.ticket;
    result.error = std::move(error);
    put(std::move(result));
  } else {
    wait_for_lane(std::move(job), Clock::now());
  }
  dispatch(Clock::now());
  unlock_and_wake(lock);
}

void Fleet::take_back(std::size_t lane, std::vector<PictureResult> results,
                      std::vector<backend::Job> jobs) {
  std::unique_lock lock{mutex_};
  const auto now = Clock::now();
  --loads_[lane].batches;
  in_lanes_ -= results.size();
  const bool pass_on = lose_if_broken(lane, results) && jobs.size() == results.size() && !closing_;
  std::size_t pictures = 0;
  std::size_t failures = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (pass_on && passed_on_.count(results[i].index) == 0) {
      put_back(std::move(jobs[i]));
      continue;
    }
    ++pictures;
    if (results[i].error) {
      ++failures;
    }
    put(std::move(results[i]));
  }
  seats_[lane].account.came_back(pictures, failures, now);
  dispatch(now);
  unlock_and_wake(lock);
}

void Fleet::watch_deadlines() {
  std::unique_lock lock{mutex_};
  while (!closing_) {
    if (!look_again_) {
      deadline_.wait(lock);
    } else if (Clock::now() < *look_again_) {
      deadline_.wait_until(lock, Clock::time_point{*look_again_});
    } else {
      look_again_.reset();
      dispatch(Clock::now());
    }
  }
}

}  // namespace yolofleet::fleet
