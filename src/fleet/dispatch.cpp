// How pictures get into lanes and out of them again.

#include <algorithm>
#include <utility>

#include "backend/pixels.hpp"
#include "fleet/fleet.hpp"

namespace yolofleet::fleet {
namespace {

bool is_device_error(const PictureResult& result) {
  return result.error && result.error->code == ErrorCode::kDevice;
}

/// Whether another lane can process it.
bool can_be_passed_on(const backend::Job& job) {
  const auto* const view = std::get_if<ImageView>(&job.picture);
  return !job.passed_on && (!job.file.empty() || view == nullptr || view->data != nullptr);
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
  const bool bytes_are_short = waiters_.first != nullptr || pixels_are_short_;
  return decoding_ == 0 && (finished_ || taker_waits_in_vain || room_.is_full() || bytes_are_short);
}

bool Fleet::take_room_for_pixels(backend::Job& job) {
  if (!std::holds_alternative<EncodedImage>(job.picture) || job.counted.pixels > 0) {
    return true;
  }
  const backend::HostBytes pixels{.files = 0, .pixels = job.decoded_bytes};
  // With keep_pixels the bytes may be held by results that can't be taken before this one.
  const bool has_turn = options_.keep_pixels && results_.is_next(job.ticket);
  if (!has_turn && !budget_.has_room(pixels)) {
    pixels_are_short_ = true;
    return false;
  }
  budget_.add(pixels);
  job.counted.pixels = pixels.pixels;
  return true;
}

void Fleet::feed_decoders() {
  while (!to_decode_.empty() && take_room_for_pixels(to_decode_.front())) {
    ++decoding_;
    decoders_->add(std::move(to_decode_.front()));
    to_decode_.pop_front();
  }
}

const std::vector<Demand>& Fleet::demands() {
  const bool none_comes = no_more();
  demands_.clear();
  for (std::size_t lane = 0; lane < stalled_.size(); ++lane) {
    Demand& demand = demands_.emplace_back();
    if (const Waiting* const oldest = waiting_.oldest_for(lane); oldest != nullptr) {
      demand.pictures = waiting_.size_for(lane);
      demand.no_more = none_comes || stalled_[lane] > 0;
      demand.deadline = oldest->since + options_.max_wait;
    }
  }
  return demands_;
}

void Fleet::dispatch(Clock::time_point now) {
  fill_lanes(now);
  if (decoders_) {
    decoders_->lanes_have_enough(waiting_.size() > enough_waiting_);
  }
}

void Fleet::fill_lanes(Clock::time_point now) {
  pixels_are_short_ = false;
  feed_decoders();
  room_.update(unfinished(), results_.under_way());
  while (!waiting_.empty()) {
    if (!lanes_.any_used()) {
      fail_waiting();
      feed_decoders();
      return;
    }
    const Decision decision = decide(demands(), lanes_.loads(), now);
    if (decision.look_again && (!alarm_.time || *decision.look_again < *alarm_.time)) {
      alarm_.time = decision.look_again;
      alarm_.changed.notify_one();
    }
    if (decision.pictures == 0 || !send(decision, now)) {
      return;
    }
  }
}

void Fleet::put_back(std::size_t lane, std::span<Waiting> taken) {
  for (Waiting& waiting : taken) {
    const bool own = !waiting.job.file.empty();
    wait_for_lane(std::move(waiting), own ? std::optional{lane} : std::nullopt);
  }
}

std::vector<Waiting> Fleet::take_batch(const Decision& decision) {
  std::vector<Waiting> taken = waiting_.take_for(decision.lane, decision.pictures);
  const auto without_room = std::find_if(taken.begin(), taken.end(), [this](Waiting& waiting) {
    return !take_room_for_pixels(waiting.job);
  });
  put_back(decision.lane, {without_room, taken.end()});
  taken.erase(without_room, taken.end());
  return taken;
}

bool Fleet::send(const Decision& decision, Clock::time_point now) {
  std::vector<Waiting> taken = take_batch(decision);
  if (taken.empty()) {
    return false;
  }
  std::vector<backend::Job> batch;
  batch.reserve(taken.size());
  Clock::duration queued{};
  std::size_t decoded_there = 0;  // by the lane's device
  for (Waiting& waiting : taken) {
    decoded_there += waiting.job.file.empty() ? 0U : 1U;
    queued += now - waiting.since;
    batch.push_back(std::move(waiting.job));
  }
  if (!lanes_.give(decision.lane, batch, queued, now)) {  // unexpected: it is asked again later
    for (std::size_t i = 0; i < batch.size(); ++i) {
      taken[i].job = std::move(batch[i]);
    }
    put_back(decision.lane, taken);
    return false;
  }
  if (decoded_there > 0) {
    decoders_->taken(decision.lane, decoded_there);
  }
  return true;
}

void Fleet::put(PictureResult result) {
  totals_.finished(result, Clock::now());
  budget_.add({.files = 0, .pixels = result.pixels.pixels().size()});
  results_.put(std::move(result));
}

void Fleet::wait_for_lane(Waiting waiting, std::optional<std::size_t> lane) {
  if (lane) {
    waiting_.add_for(*lane, std::move(waiting));
  } else if (std::holds_alternative<DeviceImage>(waiting.job.picture)) {
    wait_for_lane_on_device(std::move(waiting));
  } else {
    waiting_.add(std::move(waiting));
  }
}

void Fleet::wait_for_lane_on_device(Waiting waiting) {
  const std::string& device = std::get<DeviceImage>(waiting.job.picture).device;
  if (const auto lane = lanes_.lane_of(device)) {
    waiting_.add_for(*lane, std::move(waiting));
  } else if (lanes_.any_takes_device_images()) {
    waiting_.add_on_device(std::move(waiting));
  } else if (!lanes_.any_used()) {
    waiting_.add(std::move(waiting));  // `dispatch` fails it
  } else {
    budget_.remove(waiting.job.counted);
    put(failed(waiting.job, {ErrorCode::kUnsupported,
                             "a picture in the memory of " + device +
                                 ": no device in use takes pictures from a device's memory"}));
  }
}

void Fleet::fail_waiting() {
  for (Waiting& waiting : waiting_.remove_all()) {
    fail_as_lost(waiting.job);
  }
}

void Fleet::fail_as_lost(backend::Job& job) {
  const Seat& lost = lanes_.last_lost();
  budget_.remove(job.counted);
  PictureResult result = failed(job, *lost.error);
  result.device = lost.device;
  put(std::move(result));
}

bool Fleet::is_broken(const std::vector<PictureResult>& results) const {
  return options_.on_device_error != OnDeviceError::kFail &&
         std::all_of(results.begin(), results.end(), is_device_error);
}

void Fleet::decoded(std::vector<Decoders::Decoded> all) {
  std::unique_lock lock{mutex_};
  decoding_ -= all.size();
  if (closing_) {
    return;
  }
  const auto now = Clock::now();
  for (Decoders::Decoded& one : all) {
    budget_.change(one.job.counted, one.error ? backend::HostBytes{} : bytes_of(one.job));
    if (one.error) {
      put(failed(one.job, *std::move(one.error)));
    } else if (one.lane && !lanes_.is_used(*one.lane)) {
      pass_on(std::move(one.job), now);
    } else {
      wait_for_lane({std::move(one.job), now}, one.lane);
    }
  }
  dispatch(now);
  unlock_and_wake(lock);
}

void Fleet::stalled(std::size_t lane, bool is_stalled) {
  std::unique_lock lock{mutex_};
  if (!is_stalled) {
    --stalled_[lane];
    return;
  }
  ++stalled_[lane];
  if (!closing_) {
    dispatch(Clock::now());
    unlock_and_wake(lock);
  }
}

void Fleet::take_back(std::size_t lane, std::vector<PictureResult> results,
                      std::vector<backend::Job> jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (!is_device_error(results[i])) {
      jobs[i].picture = ImageView{};  // before others may take its memory, and without the mutex
    }
  }
  std::unique_lock lock{mutex_};
  const auto now = Clock::now();
  const bool lost = is_broken(results);
  if (lost) {
    lose(lane, *results.front().error, now);
  }
  LaneTable::Counts counts{results.size()};
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (lost && !closing_ && can_be_passed_on(jobs[i])) {
      jobs[i].passed_on = true;
      pass_on(std::move(jobs[i]), now);
      continue;
    }
    budget_.remove(jobs[i].counted);
    ++counts.pictures;
    counts.failures += results[i].error ? 1U : 0U;
    backend::to_full_size(results[i], jobs[i]);
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
