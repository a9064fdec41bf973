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

/// Why devices can't decode. Empty if they can.
std::string why_cpu_only(const FleetOptions& options) {
  if (options.keep_pixels) {
    return "the CPU decodes the files: pixels that are kept must be in its memory";
  }
  return options.decode.files.scale == DecodeScale::kOff
             ? ""
             : "the CPU decodes the files: only it decodes at a fraction of the size";
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
                               options.max_detections, options.decode.files.limits.memory};
    if (auto tested = self_test(*opened, test); !tested) {
      return tl::unexpected(std::move(tested).error());
    }
  }
  if (options.decode.decode != Decode::kCpu) {
    const std::string reason = why_cpu_only(options);
    if (reason.empty()) {
      make_decoders(lanes, options.decode.decode, *opened);
    } else if (options.decode.decode == Decode::kGpu) {
      opened->warnings.push_back(reason);
    }
  }
  return std::unique_ptr<Fleet>{new Fleet{*std::move(opened), options}};
}

Fleet::Fleet(OpenedLanes opened, const FleetOptions& options)
    : options_(options),
      warnings_(std::move(opened.warnings)),
      decoder_descriptions_(std::move(opened.decoders)),
      lanes_(std::move(opened.seats)),
      waiting_(lanes_.takes_device_images()),
      enough_waiting_(enough_for(lanes_.sizes())),
      stalled_(lanes_.loads().size()),
      results_(options.ordered),
      room_(bounds_for(lanes_.sizes(), options.ordered && !options.keep_pixels)),
      budget_(most_for(options.most_bytes, lanes_.decoders())) {
  lanes_.lead_to(
      [this](std::size_t lane, std::vector<PictureResult> results, std::vector<backend::Job> jobs) {
        take_back(lane, std::move(results), std::move(jobs));
      });
  if (!lanes_.all_decode()) {
    Decoders::Events events;
    events.decoded = [this](std::vector<Decoders::Decoded> all) { decoded(std::move(all)); };
    events.stalled = [this](std::size_t lane, bool is_stalled) { stalled(lane, is_stalled); };
    decoders_ =
        std::make_unique<Decoders>(options.decode, lanes_.take_decoders(), std::move(events));
  }
  alarm_.thread = std::thread([this] { watch_alarm(); });
}

Fleet::~Fleet() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    waiting_.remove_all();
    to_decode_.clear();
  }
  alarm_.changed.notify_all();
  alarm_.thread.join();
  if (decoders_) {
    decoders_->stop();
  }
  lanes_.close();     // hands what is in them to `take_back`, which finds nothing more to send
  decoders_.reset();  // its pictures are gone
}

backend::Job Fleet::job_for(const Picture& picture) const {
  backend::Job job;
  job.counted = bytes_of(picture);
  job.decoded_bytes = decoded_bytes_of(picture, options_.decode.files.limits);
  return job;
}

std::uint64_t Fleet::accept(backend::Job job) {
  const auto now = Clock::now();
  const std::uint64_t ticket = results_.expect();
  job.ticket = ticket;
  totals_.submitted(now);
  budget_.add(job.counted);
  if (decoders_ && std::holds_alternative<EncodedImage>(job.picture)) {
    to_decode_.push_back(std::move(job));
  } else {
    wait_for_lane({std::move(job), now});
  }
  dispatch(now);
  return ticket;
}

bool Fleet::has_place(const backend::HostBytes& needed) const {
  const bool room = waiters_.submitters > 0 ? room_.is_roomy() : !room_.is_full();
  return room && waiters_.first == nullptr && has_bytes(needed);
}

bool Fleet::may_enter(const backend::HostBytes& needed) {
  const bool others_go_first = waiters_.first != nullptr && waiters_.first != &needed;
  if (!room_.is_roomy() || others_go_first) {
    return false;
  }
  const bool enters = has_bytes(needed);
  waiters_.first = enters ? nullptr : &needed;
  return enters;
}

bool Fleet::wait_for_place(std::unique_lock<std::mutex>& lock, const backend::HostBytes& needed) {
  if (has_place(needed)) {
    return !finished_;
  }
  ++waiters_.submitters;
  while (!finished_ && !may_enter(needed)) {
    if (waiters_.first == &needed) {
      dispatch(Clock::now());  // no picture comes to fill a batch before this one
    }
    waiters_.room.wait(lock);
  }
  --waiters_.submitters;
  if (waiters_.first == &needed) {
    waiters_.first = nullptr;
  }
  return !finished_;
}

Result<std::uint64_t> Fleet::submit(Picture picture, std::any tag) {
  backend::Job job = job_for(picture);
  job.picture = std::move(picture);
  job.tag = std::move(tag);
  std::unique_lock lock{mutex_};
  if (!wait_for_place(lock, job.counted)) {
    return after_finish();
  }
  const std::uint64_t ticket = accept(std::move(job));
  unlock_and_wake(lock);
  return ticket;
}

Result<std::optional<std::uint64_t>> Fleet::try_submit(Picture& picture, const std::any& tag) {
  backend::Job job = job_for(picture);
  std::unique_lock lock{mutex_};
  if (finished_) {
    return after_finish();
  }
  if (!has_place(job.counted)) {
    return std::nullopt;
  }
  job.picture = std::move(picture);
  job.tag = tag;
  const std::uint64_t ticket = accept(std::move(job));
  unlock_and_wake(lock);
  return ticket;
}

Result<std::uint64_t> Fleet::submit_error(Error error, std::any tag) {
  const backend::HostBytes bytes{};
  std::unique_lock lock{mutex_};
  if (!wait_for_place(lock, bytes)) {
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
  budget_.remove({.files = 0, .pixels = result->pixels.pixels().size()});
  if (pixels_are_short_ || (waiters_.takers > 0 && lanes_.pictures_inside() == 0)) {
    dispatch(Clock::now());  // pictures may go on now, or no lane works for the next taker
  }
  unlock_and_wake(lock);
  return result;
}

void Fleet::unlock_and_wake(std::unique_lock<std::mutex>& lock) {
  const bool all_taken = finished_ && results_.under_way() == 0;
  const bool result = waiters_.takers > 0 && results_.ready();
  room_.update(unfinished(), results_.under_way());
  const bool room = waiters_.submitters > 0 && room_.is_roomy();
  const bool others_wait = waiters_.first != nullptr;
  lock.unlock();
  // One at a time: a woken thread that leaves something wakes the next.
  if (all_taken) {
    waiters_.result.notify_all();
  } else if (result) {
    waiters_.result.notify_one();
  }
  if (room && others_wait) {
    waiters_.room.notify_all();  // only the first of them may go on
  } else if (room) {
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
    decoders_->write(report);
  }
  lanes_.write_stages(report);
  return report;
}

}  // namespace yolofleet::fleet
