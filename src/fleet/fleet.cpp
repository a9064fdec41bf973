#include "fleet/fleet.hpp"

#include <utility>

#include "base/fail.hpp"

namespace yolofleet::fleet {
namespace {

tl::unexpected<Error> after_finish() {
  return base::fail(ErrorCode::kCancelled, "a picture was submitted after finish()");
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::open(const std::vector<OpenLane>& lanes,
                                           const FleetOptions& options) {
  std::unique_ptr<Fleet> fleet{new Fleet{options}};
  std::vector<std::shared_ptr<Outlet>> outlets(lanes.size());
  auto opened = open_side_by_side(lanes, [&](std::size_t lane) {
    outlets[lane] = std::make_shared<Outlet>();
    return [outlet = outlets[lane]](std::vector<PictureResult> results,
                                    std::vector<backend::Job> jobs) {
      outlet->pass(std::move(results), std::move(jobs));
    };
  });
  std::optional<Error> first_error;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (!opened[i].lane && !first_error) {
      first_error = opened[i].lane.error();
    }
    fleet->seat(lanes[i].device, std::move(opened[i]), std::move(outlets[i]));
  }
  if (first_error && (options.on_device_error == OnDeviceError::kFail || fleet->usable_ == 0)) {
    return tl::unexpected(*std::move(first_error));
  }
  if (options.self_test && fleet->usable_ > 1) {
    if (auto tested = fleet->self_test(); !tested) {
      return tl::unexpected(std::move(tested).error());
    }
  }
  fleet->start();
  return fleet;
}

void Fleet::seat(const std::string& device, OpenedLane opened, std::shared_ptr<Outlet> outlet) {
  warnings_.insert(warnings_.end(), opened.warnings.begin(), opened.warnings.end());
  Seat& seat = seats_.emplace_back();
  LaneLoad& load = loads_.emplace_back();
  seat.device = device;
  seat.outlet = std::move(outlet);
  if (opened.lane) {
    seat.lane = *std::move(opened.lane);
    load.size = {seat.lane->info().slots, seat.lane->info().batch};
    ++usable_;
  } else {
    seat.error = std::move(opened.lane).error();
    load.usable = false;
    warnings_.push_back(not_used(device, *seat.error));
  }
}

void Fleet::start() {
  std::vector<LaneSize> sizes;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (loads_[i].usable) {
      sizes.push_back(loads_[i].size);
      seats_[i].outlet->lead_to(
          [this, i](std::vector<PictureResult> results, std::vector<backend::Job> jobs) {
            take_back(i, std::move(results), std::move(jobs));
          });
    }
  }
  bounds_ = bounds_for(sizes, options_.ordered && !options_.keep_pixels);
  if (options_.decode.threads > 0) {
    decoders_ = std::make_unique<Decoders>(options_.decode,
                                           [this](backend::Job job, std::optional<Error> error) {
                                             decoded(std::move(job), std::move(error));
                                           });
  }
  watch_ = std::thread([this] { watch_deadlines(); });
}

Fleet::~Fleet() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    waiting_.clear();
  }
  deadline_.notify_all();
  if (watch_.joinable()) {
    watch_.join();
  }
  decoders_.reset();
  // A lane's destructor finishes what it took and hands it to `take_back`, which therefore still
  // needs the other members; it finds no pictures for more.
  for (Seat& seat : seats_) {
    seat.lane.reset();
  }
}

std::uint64_t Fleet::accept(Picture& picture) {
  const auto now = Clock::now();
  const std::uint64_t ticket = results_.expect();
  if (!first_submit_) {
    first_submit_ = now;
  }
  backend::Job job{ticket, std::move(picture)};
  if (decoders_ && std::holds_alternative<EncodedImage>(job.picture)) {
    ++decoding_;
    decoders_->add(std::move(job));
  } else {
    wait_for_lane(std::move(job), now);
  }
  dispatch(now);
  return ticket;
}

Result<std::uint64_t> Fleet::submit(Picture picture) {
  std::unique_lock lock{mutex_};
  if (!has_place()) {
    ++submitters_;
    room_.wait(lock, [&] { return finished_ || is_roomy(); });
    --submitters_;
  }
  if (finished_) {
    return after_finish();
  }
  const std::uint64_t ticket = accept(picture);
  unlock_and_wake(lock);
  return ticket;
}

Result<std::optional<std::uint64_t>> Fleet::try_submit(Picture& picture) {
  std::unique_lock lock{mutex_};
  if (finished_) {
    return after_finish();
  }
  if (!has_place()) {
    return std::nullopt;
  }
  const std::uint64_t ticket = accept(picture);
  unlock_and_wake(lock);
  return ticket;
}

void Fleet::finish() {
  {
    const std::lock_guard lock{mutex_};
    finished_ = true;
    dispatch(Clock::now());
  }
  room_.notify_all();
  result_.notify_all();
}

std::optional<PictureResult> Fleet::next() {
  std::unique_lock lock{mutex_};
  if (!results_.ready()) {
    ++takers_;
    dispatch(Clock::now());
    result_.wait(lock,
                 [&] { return results_.ready() || (finished_ && results_.under_way() == 0); });
    --takers_;
  }
  if (!results_.ready()) {
    return std::nullopt;
  }
  std::optional<PictureResult> result = results_.take();
  if (takers_ > 0 && in_lanes_ == 0) {
    dispatch(Clock::now());  // the next who waits may do so in vain
  }
  unlock_and_wake(lock);
  return result;
}

void Fleet::unlock_and_wake(std::unique_lock<std::mutex>& lock) {
  const bool all_taken = finished_ && results_.under_way() == 0;
  const bool result = takers_ > 0 && results_.ready();
  const std::size_t most = bounds_.pictures;
  crowded_ = unfinished() >= most || (crowded_ && unfinished() + most / 4 > most);
  const bool room = submitters_ > 0 && is_roomy();
  lock.unlock();
  // One at a time: who was woken and leaves something behind wakes the next.
  if (all_taken) {
    result_.notify_all();
  } else if (result) {
    result_.notify_one();
  }
  if (room) {
    room_.notify_one();
  }
}

FleetReport Fleet::report() const {
  FleetReport report;
  {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    report.pictures = done_;
    report.failures = failed_;
    if (first_submit_) {
      report.seconds = seconds((unfinished() == 0 ? last_result_ : now) - *first_submit_);
    }
    std::uint64_t of_lanes = 0;
    for (const Seat& seat : seats_) {
      of_lanes += seat.account.pictures();
    }
    for (const Seat& seat : seats_) {
      DeviceReport& device = report.devices.emplace_back();
      device.device = seat.device;
      device.error = seat.error;
      seat.account.write(device, of_lanes, now);
    }
  }
  if (decoders_) {
    report.decode_threads = static_cast<int>(decoders_->threads());
    report.decode_seconds = decoders_->busy_seconds();
  }
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].lane) {
      report.devices[i].stages = seats_[i].lane->stats().stages;
    }
  }
  return report;
}

std::vector<std::string> Fleet::descriptions() const {
  std::vector<std::string> descriptions;
  for (const Seat& seat : seats_) {
    if (seat.lane) {
      descriptions.push_back(seat.lane->info().description);
    }
  }
  return descriptions;
}

}  // namespace yolofleet::fleet
