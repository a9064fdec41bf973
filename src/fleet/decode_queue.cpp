#include "fleet/decode_queue.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::fleet {
namespace {

DecoderSet bit_of(std::size_t decoder) {
  return DecoderSet{1} << decoder;
}

}  // namespace

void DecodeQueue::add(Entry entry) {
  Entries& entries = entry.takers == 0 ? for_cpu_ : for_devices_;
  const auto place =
      std::lower_bound(entries.begin(), entries.end(), entry.job.ticket,
                       [](const Entry& a, std::uint64_t ticket) { return a.job.ticket < ticket; });
  entries.insert(place, std::move(entry));
}

bool DecodeQueue::has_for_cpu() const {
  return !for_cpu_.empty() || (cpu_takes_all_ && !for_devices_.empty());
}

backend::Job DecodeQueue::take_for_cpu() {
  const bool from_devices =
      cpu_takes_all_ && !for_devices_.empty() &&
      (for_cpu_.empty() || for_devices_.front().job.ticket < for_cpu_.front().job.ticket);
  Entries& entries = from_devices ? for_devices_ : for_cpu_;
  backend::Job job = std::move(entries.front().job);
  entries.pop_front();
  return job;
}

bool DecodeQueue::has_for(std::size_t decoder) const {
  return std::any_of(for_devices_.begin(), for_devices_.end(),
                     [&](const Entry& entry) { return (entry.takers & bit_of(decoder)) != 0; });
}

std::vector<DecodeQueue::Entry> DecodeQueue::take_for(std::size_t decoder, std::size_t most) {
  std::vector<Entry> taken;
  Entries left;
  auto entry = for_devices_.begin();
  for (; entry != for_devices_.end() && taken.size() < most; ++entry) {
    const bool takes = (entry->takers & bit_of(decoder)) != 0;
    if (takes) {
      taken.push_back(std::move(*entry));
    } else {
      left.push_back(std::move(*entry));
    }
  }
  for_devices_.erase(for_devices_.begin(), entry);
  for_devices_.insert(for_devices_.begin(), std::make_move_iterator(left.begin()),
                      std::make_move_iterator(left.end()));
  return taken;
}

void DecodeQueue::drop_taker(std::size_t decoder) {
  Entries all = std::move(for_devices_);
  for_devices_.clear();
  for (Entry& entry : all) {
    entry.takers &= ~bit_of(decoder);
    add(std::move(entry));
  }
}

}  // namespace yolofleet::fleet
