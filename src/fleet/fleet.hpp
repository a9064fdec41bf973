#pragma once

#include <any>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backend/lane.hpp"
#include "fleet/account.hpp"
#include "fleet/bounds.hpp"
#include "fleet/clock.hpp"
#include "fleet/decide.hpp"
#include "fleet/decoders.hpp"
#include "fleet/lane_table.hpp"
#include "fleet/open_lanes.hpp"
#include "fleet/results.hpp"
#include "fleet/waiting.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::fleet {

/// The members of yolofleet::Options that a fleet uses, and its own. `Options` explains them and
/// has their defaults; the zeros here are none.
struct FleetOptions {
  Clock::duration max_wait{};
  bool ordered = false;
  bool keep_pixels = false;
  OnDeviceError on_device_error{};
  bool self_test = false;
  /// How long a device may take for one picture of the self-test.
  Clock::duration self_test_limit = std::chrono::minutes{2};
  int max_detections = 0;  ///< of the lanes; the self-test needs it
  DecodeOptions decode;    ///< used if a lane takes only pixels
};

/// Many lanes behind one queue. The fleet decodes files for lanes that take only pixels, forms
/// batches, gives each to a lane with a free slot, puts the results in order, bounds the number of
/// pictures under way, and passes the unfinished pictures of a lost lane to the others.
///
/// A thread that changes something (it submits a picture, returns a batch or waits for a result)
/// also gives the lanes the batches that are now ready. The fleet's own thread only wakes up when a
/// picture has waited long enough for a full batch.
///
/// Thread safety: all members but the destructor, from any number of threads.
class Fleet {
 public:
  /// Opens the lanes, all at the same time, and runs the self-test (Options::self_test). Errors:
  /// that of the first lane in their order that can't be opened or fails the self-test; with
  /// OnDeviceError::kContinue only if none is left. kDevice: the lanes give different detections.
  /// Precondition: at least one lane.
  static Result<std::unique_ptr<Fleet>> open(const std::vector<OpenLane>& lanes,
                                             const FleetOptions& options);

  /// Drops the pictures that no lane has taken yet, waits for the others, and discards all results.
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// How many pictures may be submitted without taking results: Bounds::under_way.
  std::size_t capacity() const noexcept { return room_.capacity(); }

  /// Submits a picture; returns its ticket, counted from 0. Blocks while `capacity()` pictures are
  /// under way or Bounds::pictures are unfinished. Errors: kCancelled after `finish`, also if that
  /// is called while this call blocks.
  Result<std::uint64_t> submit(Picture picture, std::any tag = {});

  /// As `submit`, but returns nothing instead of blocking, and then leaves the picture unchanged.
  Result<std::optional<std::uint64_t>> try_submit(Picture& picture, const std::any& tag = {});

  /// As `submit`, for a picture that couldn't be read: `error` becomes its result.
  Result<std::uint64_t> submit_error(Error error, std::any tag = {});

  /// Declares that nothing more will be submitted.
  void finish();

  /// Takes the next result, in the order of submission or as results become ready; blocks until
  /// there is one. Returns nothing after `finish` and the last result.
  std::optional<PictureResult> next();

  FleetReport report() const;

  /// LaneInfo::description of the opened lanes, in their order.
  std::vector<std::string> descriptions() const { return lanes_.descriptions(); }

  /// Warnings from opening the lanes.
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  /// Callers that wait.
  struct Waiters {
    std::condition_variable room;    // a picture may be submitted, or `finish` was called
    std::size_t submitters = 0;      // number that wait for `room`
    std::condition_variable result;  // a result can be taken, or there will be none
    std::size_t takers = 0;          // number that wait for `result`
  };
  /// Dispatches again at a given time.
  struct Alarm {
    std::condition_variable changed;  // `time` is earlier than before, or the fleet ends
    std::optional<Clock::time_point> time;
    std::thread thread;
  };

  Fleet(OpenedLanes opened, const FleetOptions& options);

  // The callers of all these hold mutex_.
  std::size_t unfinished() const { return decoding_ + waiting_.size() + lanes_.pictures_inside(); }
  /// Whether a new submitter needn't wait. It waits if others already do and can't be woken yet.
  bool has_place() const { return waiters_.submitters > 0 ? room_.is_roomy() : !room_.is_full(); }
  /// Returns false after `finish`.
  bool wait_for_place(std::unique_lock<std::mutex>& lock);
  bool no_more() const;
  std::uint64_t accept(Picture& picture, std::any tag);
  void dispatch(Clock::time_point now);
  bool send(const Decision& decision, Clock::time_point now);
  void put(PictureResult result);
  void wait_for_lane(backend::Job job, Clock::time_point now);
  void fail_waiting();
  bool lose_if_broken(std::size_t lane, const std::vector<PictureResult>& results);

  /// The decoders' OnDecoded.
  void decoded(backend::Job job, std::optional<Error> error);
  /// A lane's OnFinished.
  void take_back(std::size_t lane, std::vector<PictureResult> results,
                 std::vector<backend::Job> jobs);
  /// To be called after every change of the number of pictures: wakes the callers that can go on.
  void unlock_and_wake(std::unique_lock<std::mutex>& lock);
  void watch_alarm();

  const FleetOptions options_;
  const std::vector<std::string> warnings_;

  mutable std::mutex mutex_;  // guards all below but decoders_, which only the constructor sets
  Waiters waiters_;
  Alarm alarm_;
  bool finished_ = false;
  bool closing_ = false;

  // Each picture is in the decoders, waits for a lane, is in a lane, or has its result.
  std::size_t decoding_ = 0;
  std::deque<Waiting> waiting_;  // by ticket
  LaneTable lanes_;
  Results results_;
  Room room_;  // for more pictures
  Totals totals_;

  std::unique_ptr<Decoders> decoders_;  // null: the lanes decode
};

}  // namespace yolofleet::fleet
