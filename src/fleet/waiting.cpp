#include "fleet/waiting.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace yolofleet::fleet {

WaitingList::WaitingList(const std::vector<bool>& takes_device_images)
    : groups_(kOwn + takes_device_images.size()) {
  for (std::size_t lane = 0; lane < takes_device_images.size(); ++lane) {
    std::vector<std::size_t>& groups = groups_of_.emplace_back();
    groups = {0, kOwn + lane};
    if (takes_device_images[lane]) {
      groups.push_back(1);
    }
  }
}

void WaitingList::insert(std::size_t group, Waiting waiting) {
  Group& all = groups_[group];
  const auto place = std::lower_bound(
      all.begin(), all.end(), waiting.job.ticket,
      [](const Waiting& a, std::uint64_t ticket) { return a.job.ticket < ticket; });
  all.insert(place, std::move(waiting));
  ++size_;
}

std::size_t WaitingList::size_for(std::size_t lane) const {
  std::size_t sum = 0;
  for (const std::size_t group : groups_of_[lane]) {
    sum += groups_[group].size();
  }
  return sum;
}

const std::size_t* WaitingList::oldest_group_of(std::size_t lane) const {
  const std::size_t* oldest = nullptr;
  for (const std::size_t& group : groups_of_[lane]) {
    if (!groups_[group].empty() && (oldest == nullptr || groups_[group].front().job.ticket <
                                                             groups_[*oldest].front().job.ticket)) {
      oldest = &group;
    }
  }
  return oldest;
}

const Waiting* WaitingList::oldest_for(std::size_t lane) const {
  const std::size_t* const group = oldest_group_of(lane);
  return group == nullptr ? nullptr : &groups_[*group].front();
}

std::vector<Waiting> WaitingList::take_for(std::size_t lane, std::size_t count) {
  std::vector<Waiting> taken;
  taken.reserve(count);
  while (taken.size() < count) {
    Group& group = groups_[*oldest_group_of(lane)];
    taken.push_back(std::move(group.front()));
    group.pop_front();
  }
  size_ -= count;
  return taken;
}

std::vector<Waiting> WaitingList::remove(std::size_t group) {
  Group& all = groups_[group];
  size_ -= all.size();
  std::vector<Waiting> removed(std::make_move_iterator(all.begin()),
                               std::make_move_iterator(all.end()));
  all.clear();
  return removed;
}

std::vector<Waiting> WaitingList::remove_all() {
  std::vector<Waiting> removed;
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    for (Waiting& waiting : remove(group)) {
      removed.push_back(std::move(waiting));
    }
  }
  return removed;
}

}  // namespace yolofleet::fleet
