#include "fleet/lane_table.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::fleet {

LaneTable::LaneTable(std::vector<Seat> seats) {
  for (Seat& seat : seats) {
    LaneLoad& load = loads_.emplace_back();
    load.usable = !seat.error;
    if (load.usable) {
      load.size = {seat.lane->info().slots, seat.lane->info().batch};
      ++used_;
    }
    members_.push_back({std::move(seat), {}});
  }
}

std::vector<LaneSize> LaneTable::sizes() const {
  std::vector<LaneSize> sizes;
  for (const LaneLoad& load : loads_) {
    if (load.usable) {
      sizes.push_back(load.size);
    }
  }
  return sizes;
}

bool LaneTable::all_decode() const {
  return std::all_of(members_.begin(), members_.end(), [](const Member& member) {
    return !member.seat.lane || member.seat.lane->info().decodes;
  });
}

std::vector<std::string> LaneTable::descriptions() const {
  std::vector<std::string> descriptions;
  for (const Member& member : members_) {
    if (member.seat.lane) {
      descriptions.push_back(member.seat.lane->info().description);
    }
  }
  return descriptions;
}

void LaneTable::lead_to(const Sink& sink) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (loads_[i].usable) {
      members_[i].seat.outlet->lead_to(
          [sink, i](std::vector<PictureResult> results, std::vector<backend::Job> jobs) {
            sink(i, std::move(results), std::move(jobs));
          });
    }
  }
}

bool LaneTable::give(std::size_t lane, std::vector<backend::Job>& batch, Clock::duration queued,
                     Clock::time_point now) {
  const std::size_t pictures = batch.size();
  if (!members_[lane].seat.lane->try_submit(batch)) {
    return false;
  }
  inside_ += pictures;
  ++loads_[lane].batches;
  loads_[lane].last_given = ++given_;
  members_[lane].account.given(pictures, queued, now);
  return true;
}

void LaneTable::came_back(std::size_t lane, const Counts& counts, Clock::time_point now) {
  inside_ -= counts.inside;
  --loads_[lane].batches;
  members_[lane].account.came_back(counts.pictures, counts.failures, now);
}

void LaneTable::lose(std::size_t lane, Error error) {
  if (loads_[lane].usable) {
    loads_[lane].usable = false;
    members_[lane].seat.error = std::move(error);
    last_lost_ = lane;
    --used_;
  }
}

void LaneTable::write(FleetReport& report, Clock::time_point now) const {
  std::uint64_t all = 0;
  for (const Member& member : members_) {
    all += member.account.pictures();
  }
  for (const Member& member : members_) {
    DeviceReport& device = report.devices.emplace_back();
    device.device = member.seat.device;
    device.error = member.seat.error;
    member.account.write(device, all, now);
  }
}

void LaneTable::write_stages(FleetReport& report) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (const auto& lane = members_[i].seat.lane) {
      report.devices[i].stages = lane->stats().stages;
    }
  }
}

void LaneTable::close() {
  for (Member& member : members_) {
    member.seat.lane.reset();
  }
}

}  // namespace yolofleet::fleet
