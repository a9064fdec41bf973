#pragma once

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "backend/lane.hpp"
#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// A picture that waits for a lane.
struct Waiting {
  backend::Job job;
  Clock::time_point since;  ///< the time from which it was ready for a lane
};

/// The pictures that wait for lanes, each for one of a group of lanes. A lane gets the pictures of
/// the groups that it belongs to, the oldest tickets first. Not for several threads at once.
class WaitingList {
 public:
  /// `takes_device_images[i]`: the i-th lane takes DeviceImages.
  explicit WaitingList(const std::vector<bool>& takes_device_images);

  /// Adds a picture for any lane.
  void add(Waiting waiting) { insert(0, std::move(waiting)); }
  /// Adds a picture for any lane that takes DeviceImages.
  void add_on_device(Waiting waiting) { insert(1, std::move(waiting)); }
  /// Adds a picture for one lane.
  void add_for(std::size_t lane, Waiting waiting) { insert(kOwn + lane, std::move(waiting)); }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// The number of pictures that the lane may get.
  std::size_t size_for(std::size_t lane) const;
  /// The oldest picture that the lane may get; null if there is none.
  const Waiting* oldest_for(std::size_t lane) const;

  /// Removes the oldest `count` pictures that the lane may get and returns them, by ticket.
  /// Precondition: there are as many.
  std::vector<Waiting> take_for(std::size_t lane, std::size_t count);

  /// Removes and returns the pictures that only this lane may get, by ticket.
  std::vector<Waiting> remove_for(std::size_t lane) { return remove(kOwn + lane); }
  /// Removes and returns the pictures for any lane that takes DeviceImages, by ticket.
  std::vector<Waiting> remove_on_device() { return remove(1); }
  /// Removes and returns all pictures.
  std::vector<Waiting> remove_all();

 private:
  using Group = std::deque<Waiting>;  // by ticket
  static constexpr std::size_t kOwn = 2;

  void insert(std::size_t group, Waiting waiting);
  std::vector<Waiting> remove(std::size_t group);
  /// The lane's group with the oldest picture; nothing if all are empty.
  const std::size_t* oldest_group_of(std::size_t lane) const;

  // [0]: for any lane; [1]: for those that take DeviceImages; [kOwn + i]: for the i-th lane.
  std::vector<Group> groups_;
  std::vector<std::vector<std::size_t>> groups_of_;  // [i]: those of the i-th lane
  std::size_t size_ = 0;
};

}  // namespace yolofleet::fleet
