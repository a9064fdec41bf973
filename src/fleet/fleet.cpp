// The calls of a fleet: open, submit, take results, ask for a report.

#include "fleet/fleet.hpp"

#include <utility>

#include "base/fail.hpp"
#include "fleet/self_test.hpp"

namespace yolofleet::fleet {
namespace {

tl::unexpected<Error> after_finish() {
  return base::fail(ErrorCode::kCancelled, "a picture was submitted after finish()");
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::open(const std::vector<OpenLane>& lanes,
                                           const FleetOptions& options) {
  auto opened = open_lanes(lanes, options.on_device_error);
  if (!opened) {
    return tl::unexpected(std::move(opened).error());
  }
  if (options.self_test) {
    const SelfTestOptions test{options.on_device_error, options.self_test_limit,
                               options.max_detections, options.decode.limits.memory};
    if (auto tested = self_test(*opened, test); !tested) {
      return tl::unexpected(std::move(tested).error());
    }
  }
  return std::unique_ptr<Fleet>{new Fleet{*std::move(opened), options}};
}

Fleet::Fleet(OpenedLanes opened, const FleetOptions& options)
    : options_(options),
      warnings_(std::move(opened.warnings)),
      lanes_(std::move(opened.seats)),
      results_(options.ordered),
      room_(bounds_for(lanes_.sizes(), options.ordered && !options.keep_pixels)) {
  lanes_.lead_to(
      [this](std::size_t lane, std::vector<PictureResult> results, std::vector<backend::Job> jobs) {
        take_back(lane, std::move(results), std::move(jobs));
      });
  if (!lanes_.all_decode()) {
    decoders_ = std::make_unique<Decoders>(options.decode,
                                           [this](backend::Job job, std::optional<Error> error) {
                                             decoded(std::move(job), std::move(error));
                                           });
  }
  alarm_.thread = std::thread([this] { watch_alarm(); });
}

Fleet::~Fleet() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    waiting_.clear();
  }
  alarm_.changed.notify_all();
  alarm_.thread.join();
  decoders_.reset();
  lanes_.close();  // hands what is in them to `take_back`, which finds nothing more to send
}

std::uint64_t Fleet::accept(Picture& picture, std::any tag) {
  const auto now = Clock::now();
  const std::uint64_t ticket = results_.expect();
  totals_.submitted(now);
  backend::Job job{ticket, std::move(picture), {}, std::move(tag)};
  if (decoders_ && std::holds_alternative<EncodedImage>(job.picture)) {
    ++decoding_;
    decoders_->add(std::move(job));
  } else {
    wait_for_lane(std::move(job), now);
  }
  dispatch(now);
  return ticket;
}

bool Fleet::wait_for_place(std::unique_lock<std::mutex>& lock) {
  if (!has_place()) {
    ++waiters_.submitters;
    waiters_.room.wait(lock, [&] { return finished_ || room_.is_roomy(); });
    --waiters_.submitters;
  }
  return !finished_;
}

Result<std::uint64_t> Fleet::submit(Picture picture, std::any tag) {
  std::unique_lock lock{mutex_};
  if (!wait_for_place(lock)) {
    return after_finish();
  }
  const std::uint64_t ticket = accept(picture, std::move(tag));
  unlock_and_wake(lock);
  return ticket;
}

Result<std::optional<std::uint64_t>> Fleet::try_submit(Picture& picture, const std::any& tag) {
  std::unique_lock lock{mutex_};
  if (finished_) {
    return after_finish();
  }
  if (!has_place()) {
    return std::nullopt;
  }
  const std::uint64_t ticket = accept(picture, tag);
  unlock_and_wake(lock);
  return ticket;
}

Result<std::uint64_t> Fleet::submit_error(Error error, std::any tag) {
  std::unique_lock lock{mutex_};
  if (!wait_for_place(lock)) {
    return after_finish();
  }
  const auto now = Clock::now();
  totals_.submitted(now);
  PictureResult result;
  result.index = results_.expect();
  result.error = std::move(error);
  result.tag = std::move(tag);
  const std::uint64_t ticket = result.index;
  put(std::move(result));
  dispatch(now);  // a fleet that is full now waits for no larger batch
  unlock_and_wake(lock);
  return ticket;
}

void Fleet::finish() {
  {
    const std::lock_guard lock{mutex_};
    finished_ = true;
    dispatch(Clock::now());
  }
  waiters_.room.notify_all();
  waiters_.result.notify_all();
}

std::optional<PictureResult> Fleet::next() {
  std::unique_lock lock{mutex_};
  if (!results_.ready()) {
    ++waiters_.takers;
    dispatch(Clock::now());
    waiters_.result.wait(
        lock, [&] { return results_.ready() || (finished_ && results_.under_way() == 0); });
    --waiters_.takers;
  }
  if (!results_.ready()) {
    return std::nullopt;
  }
  std::optional<PictureResult> result = results_.take();
  if (waiters_.takers > 0 && lanes_.pictures_inside() == 0) {
    dispatch(Clock::now());  // no lane works for the next taker
  }
  unlock_and_wake(lock);
  return result;
}

void Fleet::unlock_and_wake(std::unique_lock<std::mutex>& lock) {
  const bool all_taken = finished_ && results_.under_way() == 0;
  const bool result = waiters_.takers > 0 && results_.ready();
  room_.update(unfinished(), results_.under_way());
  const bool room = waiters_.submitters > 0 && room_.is_roomy();
  lock.unlock();
  // One at a time: a woken thread that leaves something wakes the next.
  if (all_taken) {
    waiters_.result.notify_all();
  } else if (result) {
    waiters_.result.notify_one();
  }
  if (room) {
    waiters_.room.notify_one();
  }
}

FleetReport Fleet::report() const {
  FleetReport report;
  {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    totals_.write(report, unfinished() == 0, now);
    lanes_.write(report, now);
  }
  if (decoders_) {
    report.decode_threads = static_cast<int>(decoders_->threads());
    report.decode_seconds = decoders_->busy_seconds();
  }
  lanes_.write_stages(report);
  return report;
}

}  // namespace yolofleet::fleet
