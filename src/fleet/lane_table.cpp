#include "fleet/lane_table.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::fleet {

LaneTable::LaneTable(std::vector<Seat> seats) {
  for (Seat& seat : seats) {
    LaneLoad& load = loads_.emplace_back();
    load.usable = !seat.error;
    if (load.usable) {
      load.size = {seat.lane->info().slots, seat.lane->info().batch,
                   seat.decoder ? seat.decoder->batch() * seat.decoder->threads() : 0};
      ++used_;
    }
    const bool takes = seat.lane && seat.lane->info().takes_device_images;
    members_.push_back({std::move(seat), {}, takes});
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

std::size_t LaneTable::decoders() const {
  return static_cast<std::size_t>(
      std::count_if(loads_.begin(), loads_.end(),
                    [](const LaneLoad& load) { return load.usable && load.size.decoded > 0; }));
}

std::vector<bool> LaneTable::takes_device_images() const {
  std::vector<bool> takes;
  for (const Member& member : members_) {
    takes.push_back(member.takes_device_images);
  }
  return takes;
}

std::vector<LaneDecoder> LaneTable::take_decoders() {
  std::vector<LaneDecoder> decoders;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (Seat& seat = members_[i].seat; seat.decoder) {
      const LaneSize& size = loads_[i].size;
      decoders.push_back(
          {seat.device, i, size.slots * size.batch + size.decoded, std::move(seat.decoder)});
    }
  }
  return decoders;
}

std::optional<std::size_t> LaneTable::lane_of(const std::string& device) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    if (loads_[i].usable && member.takes_device_images && member.seat.device == device) {
      return i;
    }
  }
  return std::nullopt;
}

bool LaneTable::any_takes_device_images() const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (loads_[i].usable && members_[i].takes_device_images) {
      return true;
    }
  }
  return false;
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
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Member& member = members_[i];
    DeviceReport& device = report.devices.emplace_back();
    device.device = member.seat.device;
    device.error = member.seat.error;
    device.holds = loads_[i].usable ? loads_[i].size.slots * loads_[i].size.batch : 0;
    member.account.write(device, all, now);
  }
}

void LaneTable::write_stages(FleetReport& report) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (const auto& lane = members_[i].seat.lane) {
      backend::LaneStats stats = lane->stats();
      report.devices[i].stages = std::move(stats.stages);
      report.devices[i].uploaded_bytes = stats.uploaded_bytes;
    }
  }
}

void LaneTable::close() {
  for (Member& member : members_) {
    member.seat.lane.reset();
  }
}

}  // namespace yolofleet::fleet
