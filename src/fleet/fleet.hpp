#pragma once

#include <any>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "backend/lane.hpp"
#include "fleet/account.hpp"
#include "fleet/bounds.hpp"
#include "fleet/budget.hpp"
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
  /// The most host memory of the pictures under way. Where more than two devices decode, the fleet
  /// holds more files (`most_for`). One picture is always admitted.
  backend::HostBytes most_bytes = kMostBytes;
};

/// Many lanes behind one queue. The fleet decodes files for lanes that take only pixels, forms
/// batches, gives each to a lane with a free slot (a picture that a device has decoded to the lane
/// of that device, and another DeviceImage to that of its device if there is one), puts the results
/// in order, bounds the pictures under way in number and in bytes, and passes the unfinished
/// pictures of a lost lane to the others.
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

  /// How many pictures may be under way: Bounds::under_way.
  std::size_t capacity() const noexcept { return room_.capacity(); }

  /// Submits a picture; returns its ticket, counted from 0. Blocks while `capacity()` pictures are
  /// under way, Bounds::pictures are unfinished, or FleetOptions::most_bytes has no room for it.
  /// Counted are the files that aren't decoded yet, the pixels of unfinished pictures, and those in
  /// results that wait. Errors: kCancelled after `finish`, also if that is called while this call
  /// blocks.
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

  /// Backend::Decoder::description of the devices' decoders, and why other devices have none.
  const std::vector<std::string>& decoders() const noexcept { return decoder_descriptions_; }

  /// Warnings from opening the lanes.
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  /// Callers that wait.
  struct Waiters {
    std::condition_variable room;  // a picture may be submitted, or `finish` was called
    std::size_t submitters = 0;    // number that wait for `room`
    // Needed by the submitter that waits for bytes; no other one goes before it. Null: none waits.
    const backend::HostBytes* first = nullptr;
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
  std::size_t unfinished() const {
    return to_decode_.size() + decoding_ + waiting_.size() + lanes_.pictures_inside();
  }
  /// Whether the budget has room for a new picture. Pictures that wait for pixels come first.
  bool has_bytes(const backend::HostBytes& needed) const {
    return budget_.has_room(needed) && (needed.pixels == 0 || !pixels_are_short_);
  }
  /// Whether a new submitter needn't wait. It waits if others already do and can't be woken yet.
  bool has_place(const backend::HostBytes& needed) const;
  /// Whether a submitter that waits can go on. If only bytes are missing, it becomes the first.
  bool may_enter(const backend::HostBytes& needed);
  /// Returns false after `finish`.
  bool wait_for_place(std::unique_lock<std::mutex>& lock, const backend::HostBytes& needed);
  bool no_more() const;
  /// A job without ticket, picture and tag. Doesn't need mutex_: it reads the file's header.
  backend::Job job_for(const Picture& picture) const;
  std::uint64_t accept(backend::Job job);
  /// To be called after every change: gives the decoders and the lanes what they can take.
  void dispatch(Clock::time_point now);
  void fill_lanes(Clock::time_point now);
  /// Hands the files over for which there is room for pixels, the oldest first.
  void feed_decoders();
  /// Counts the pixels that a file will be decoded to; false if there is no room for them yet.
  bool take_room_for_pixels(backend::Job& job);
  /// Removes the pictures of the batch from the waiting ones, as many as have room for pixels.
  std::vector<Waiting> take_batch(const Decision& decision);
  /// Lets pictures wait again that were taken for this lane.
  void put_back(std::size_t lane, std::span<Waiting> taken);
  bool send(const Decision& decision, Clock::time_point now);
  void put(PictureResult result);
  /// `lane`: the only one that should get it.
  void wait_for_lane(Waiting waiting, std::optional<std::size_t> lane = {});
  /// Finds a lane for a picture in a device's memory, or fails it.
  void wait_for_lane_on_device(Waiting waiting);
  /// A picture that a lost lane can't process goes to another one, or is decoded again for it.
  void pass_on(backend::Job job, Clock::time_point now);
  void lose(std::size_t lane, const Error& error, Clock::time_point now);
  void fail_waiting();
  /// Its result is the error of the lane that was lost last.
  void fail_as_lost(backend::Job& job);
  bool is_broken(const std::vector<PictureResult>& results) const;
  /// Of each lane.
  const std::vector<Demand>& demands();

  /// The decoders' events.
  void decoded(std::vector<Decoders::Decoded> all);
  void stalled(std::size_t lane, bool is_stalled);
  /// A lane's OnFinished.
  void take_back(std::size_t lane, std::vector<PictureResult> results,
                 std::vector<backend::Job> jobs);
  /// To be called after every change of the number of pictures: wakes the callers that can go on.
  void unlock_and_wake(std::unique_lock<std::mutex>& lock);
  void watch_alarm();

  const FleetOptions options_;
  const std::vector<std::string> warnings_;
  const std::vector<std::string> decoder_descriptions_;

  mutable std::mutex mutex_;  // guards all below but decoders_, which only the constructor sets
  Waiters waiters_;
  Alarm alarm_;
  bool finished_ = false;
  bool closing_ = false;

  // Each picture waits for bytes to be decoded to, is in the decoders, waits for a lane, is in a
  // lane, or has its result.
  std::deque<backend::Job> to_decode_;  // by ticket
  std::size_t decoding_ = 0;
  LaneTable lanes_;
  WaitingList waiting_;
  const std::size_t enough_waiting_;  // pictures with which no device need decode more
  std::vector<std::size_t> stalled_;  // [i]: threads of lane i's decoder that wait for memory
  std::vector<Demand> demands_;       // room for `demands`
  Results results_;
  Room room_;                      // for more pictures
  Budget budget_;                  // for more bytes
  bool pixels_are_short_ = false;  // a file couldn't be decoded yet, for want of bytes
  Totals totals_;

  std::unique_ptr<Decoders> decoders_;  // null: the lanes decode
};

}  // namespace yolofleet::fleet
