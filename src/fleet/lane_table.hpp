#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backend/lane.hpp"
#include "fleet/account.hpp"
#include "fleet/bounds.hpp"
#include "fleet/clock.hpp"
#include "fleet/decide.hpp"
#include "fleet/decoders.hpp"
#include "fleet/open_lanes.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::fleet {

/// The lanes of a fleet, each with its load and its account. Not for several threads at once,
/// except members that say so.
class LaneTable {
 public:
  explicit LaneTable(std::vector<Seat> seats);

  /// The sizes of the lanes in use.
  std::vector<LaneSize> sizes() const;
  bool all_decode() const;
  /// The number of lanes in use whose device has a decoder.
  std::size_t decoders() const;
  /// Of each lane: LaneInfo::takes_device_images.
  std::vector<bool> takes_device_images() const;
  /// Moves the decoders out of their Seats.
  std::vector<LaneDecoder> take_decoders();
  bool any_used() const { return used_ > 0; }
  bool is_used(std::size_t lane) const { return loads_[lane].usable; }
  /// A lane in use for DeviceImages of this device; nothing if there is none.
  std::optional<std::size_t> lane_of(const std::string& device) const;
  /// Whether a lane in use takes DeviceImages.
  bool any_takes_device_images() const;
  /// LaneInfo::description of each opened lane. Any thread.
  std::vector<std::string> descriptions() const;

  /// From now on, finished batches go to `sink(lane, results, jobs)`.
  using Sink =
      std::function<void(std::size_t, std::vector<PictureResult>, std::vector<backend::Job>)>;
  void lead_to(const Sink& sink);

  std::span<const LaneLoad> loads() const { return loads_; }
  std::size_t pictures_inside() const { return inside_; }

  /// Hands the batch to the lane. If the lane has no free slot, returns false and leaves the batch
  /// unchanged. `queued`: how long its pictures have waited, summed over them.
  bool give(std::size_t lane, std::vector<backend::Job>& batch, Clock::duration queued,
            Clock::time_point now);

  struct Counts {
    std::size_t inside = 0;    ///< pictures that were in the lane
    std::size_t pictures = 0;  ///< those of them that have their results now
    std::size_t failures = 0;  ///< those of them that are errors
  };
  /// The lane returned a batch.
  void came_back(std::size_t lane, const Counts& counts, Clock::time_point now);

  /// Marks the lane as lost: it isn't used any more.
  void lose(std::size_t lane, Error error);
  /// The lane that was lost last. Precondition: at least one was lost.
  const Seat& last_lost() const { return members_[last_lost_].seat; }

  /// Appends the lanes' reports, without their stages.
  void write(FleetReport& report, Clock::time_point now) const;
  /// Adds the stages to a report that `write` has made. Any thread.
  void write_stages(FleetReport& report) const;

  /// Closes the lanes, one after the other; each finishes its batches first.
  void close();

 private:
  struct Member {
    Seat seat;
    Account account;
    bool takes_device_images = false;  // LaneInfo's; also while lanes are being closed
  };

  std::vector<Member> members_;
  std::vector<LaneLoad> loads_;  // [i] is the load of members_[i]
  std::size_t used_ = 0;         // lanes in use
  std::size_t last_lost_ = 0;
  std::size_t inside_ = 0;   // pictures in lanes
  std::uint64_t given_ = 0;  // batches given to lanes
};

}  // namespace yolofleet::fleet
