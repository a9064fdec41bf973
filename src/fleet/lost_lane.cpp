// Passes the pictures of a lost lane on, or fails them.

#include <algorithm>
#include <utility>

#include "fleet/fleet.hpp"

namespace yolofleet::fleet {

void Fleet::pass_on(backend::Job job, Clock::time_point now) {
  const bool on_device = std::holds_alternative<DeviceImage>(job.picture);
  if (on_device && job.file.empty() && lanes_.any_used() && !lanes_.any_takes_device_images()) {
    fail_as_lost(job);
    return;
  }
  if (job.file.empty() || !lanes_.any_used()) {
    budget_.change(job.counted, bytes_of(job));
    wait_for_lane({std::move(job), now});
    return;
  }
  job.picture = std::exchange(job.file, {});
  budget_.change(job.counted, bytes_of(job));
  const auto place = std::lower_bound(
      to_decode_.begin(), to_decode_.end(), job.ticket,
      [](const backend::Job& a, std::uint64_t ticket) { return a.ticket < ticket; });
  to_decode_.insert(place, std::move(job));
}

void Fleet::lose(std::size_t lane, const Error& error, Clock::time_point now) {
  lanes_.lose(lane, error);
  if (decoders_) {
    decoders_->lose(lane);
  }
  std::vector<Waiting> orphans = waiting_.remove_for(lane);
  if (!lanes_.any_takes_device_images()) {
    for (Waiting& waiting : waiting_.remove_on_device()) {
      orphans.push_back(std::move(waiting));
    }
  }
  for (Waiting& waiting : orphans) {
    pass_on(std::move(waiting.job), now);
  }
}

}  // namespace yolofleet::fleet
