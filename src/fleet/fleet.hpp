#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "backend/lane.hpp"
#include "fleet/account.hpp"
#include "fleet/bounds.hpp"
#include "fleet/clock.hpp"
#include "fleet/compare_lanes.hpp"
#include "fleet/decide.hpp"
#include "fleet/decoders.hpp"
#include "fleet/open_lanes.hpp"
#include "fleet/outlet.hpp"
#include "fleet/results.hpp"
#include "fleet/waiting.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::fleet {

/// What `Options` says to a fleet, where it is explained.
struct FleetOptions {
  Clock::duration max_wait = std::chrono::milliseconds{5};
  bool ordered = true;
  bool keep_pixels = false;
  OnDeviceError on_device_error = OnDeviceError::kFail;
  bool self_test = false;
  /// How long a device may look at a picture of the self-test.
  Clock::duration self_test_limit = std::chrono::minutes{2};
  int max_detections = 300;  ///< that the lanes were opened with
  DecodeOptions decode;      ///< of pictures that come as files
};

/// Many lanes behind one queue: decodes pictures where lanes are not to, makes batches, gives them
/// to whichever lane has a free slot, puts the results in order, bounds how many pictures are under
/// way, and passes on what a lost lane leaves undone.
///
/// Who changes something (a picture comes, a batch comes back, somebody waits) also gives the lanes
/// what follows from it, in its own thread; a thread of the fleet's own is woken only where
/// pictures have waited for a full batch long enough.
///
/// Thread safety: all members but the destructor, from any number of threads.
class Fleet {
 public:
  /// Opens the lanes, all at the same time, and tries them out (Options::self_test). Errors: that
  /// of the first lane in their order that can't be opened or fails when it is tried out; with
  /// OnDeviceError::kContinue only if none is left. kDevice: the lanes find different things.
  /// Precondition: at least one lane.
  static Result<std::unique_ptr<Fleet>> open(const std::vector<OpenLane>& lanes,
                                             const FleetOptions& options = {});

  /// Drops what no lane took yet, waits for what one did, and discards the results.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Pictures that may be submitted without their results being taken: Bounds::under_way.
  std::size_t capacity() const noexcept { return bounds_.under_way; }

  /// Hands a picture in; gives its index. Blocks while `capacity()` are under way, or
  /// Bounds::pictures of them aren't finished. Errors: kCancelled after `finish`, even if it was
  /// called while this call was blocked.
  Result<std::uint64_t> submit(Picture picture);

  /// As `submit`; nothing, and the picture left alone, where that would block.
  Result<std::optional<std::uint64_t>> try_submit(Picture& picture);

  /// Nothing more will be submitted.
  void finish();

  /// The next result, in the order of submission or as they come; blocks until it is there. Nothing
  /// after `finish` and the last result.
  std::optional<PictureResult> next();

  FleetReport report() const;

  /// Of the lanes that were opened, in their order: LaneInfo::description.
  std::vector<std::string> descriptions() const;

  /// What opening the lanes gave to say.
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  /// What belongs to one lane, beside its load.
  struct Seat {
    std::string device;
    std::unique_ptr<backend::Lane> lane;  // null: it couldn't be opened, or isn't used
    std::shared_ptr<Outlet> outlet;       // of the lane
    std::optional<Error> error;           // set: it isn't used (any more)
    Account account;
  };

  explicit Fleet(const FleetOptions& options) : options_(options), results_(options.ordered) {}

  void seat(const std::string& device, OpenedLane opened, std::shared_ptr<Outlet> outlet);
  /// Tries the lanes out. Before `start`.
  Result<void> self_test();
  /// Lets every lane in use look at the picture; [i] is what the i-th says.
  std::vector<std::optional<PictureResult>> try_out(const Image& picture, float confidence);
  /// Leaves a lane whose device doesn't answer to a thread that nobody waits for.
  void give_up(std::size_t lane);
  Result<void> dismiss_failed(const std::vector<std::optional<PictureResult>>& tried);
  /// What those in use found, in their order.
  std::vector<Found> found_by(std::vector<std::optional<PictureResult>> tried,
                              float confidence) const;
  Result<void> dismiss_odd(const std::vector<Found>& found);
  void dismiss(std::size_t lane, Error error);
  void start();
  void watch_deadlines();

  // All of these with mutex_ held.
  std::size_t unfinished() const { return decoding_ + waiting_.size() + in_lanes_; }
  bool is_full() const;
  /// Whether who waits for room is to have it: when a quarter of what may be unfinished is free.
  /// Threads that were woken for each picture's room would do little else.
  bool is_roomy() const { return !is_full() && !crowded_; }
  /// Whether who comes now needn't wait: where others do, for no less than they.
  bool has_place() const { return submitters_ > 0 ? is_roomy() : !is_full(); }
  bool no_more() const;
  std::uint64_t accept(Picture& picture);
  void dispatch(Clock::time_point now);
  bool send(const Decision& decision, Clock::time_point now);
  void put(PictureResult result);
  void wait_for_lane(backend::Job job, Clock::time_point now);
  void put_back(backend::Job job);
  void fail_waiting();
  bool lose_if_broken(std::size_t lane, const std::vector<PictureResult>& results);

  /// The decoders' OnDecoded.
  void decoded(backend::Job job, std::optional<Error> error);
  /// A lane's OnFinished.
  void take_back(std::size_t lane, std::vector<PictureResult> results,
                 std::vector<backend::Job> jobs);
  /// Unlocks, and wakes whom the change concerns; after every change of what is under way.
  void unlock_and_wake(std::unique_lock<std::mutex>& lock);

  const FleetOptions options_;
  Bounds bounds_;                      // fixed by `open`
  std::vector<std::string> warnings_;  // fixed by `open`

  mutable std::mutex mutex_;
  std::condition_variable room_;      // a picture may be submitted, or finish
  std::condition_variable result_;    // a result can be taken, or the last one was
  std::condition_variable deadline_;  // look_again_ is earlier than before, or the end
  std::size_t submitters_ = 0;        // that wait for room_
  bool crowded_ = false;              // was full, and less than a quarter is free
  std::size_t takers_ = 0;            // that wait for result_
  bool finished_ = false;
  bool closing_ = false;

  std::size_t decoding_ = 0;     // pictures that the decoders have
  std::deque<Waiting> waiting_;  // by ticket
  std::size_t in_lanes_ = 0;     // pictures
  Results results_;
  std::unordered_set<std::uint64_t> passed_on_;  // tickets that a lost lane has left
  std::optional<Clock::time_point> look_again_;

  std::uint64_t given_ = 0;  // batches
  std::uint64_t done_ = 0;   // pictures
  std::uint64_t failed_ = 0;
  std::optional<Clock::time_point> first_submit_;
  Clock::time_point last_result_;

  std::vector<LaneLoad> loads_;  // [i] is of seats_[i]
  std::vector<Seat> seats_;
  std::size_t usable_ = 0;              // lanes
  std::size_t last_lost_ = 0;           // the lane that was lost last
  std::unique_ptr<Decoders> decoders_;  // null: lanes decode
  std::thread watch_;
};

}  // namespace yolofleet::fleet
