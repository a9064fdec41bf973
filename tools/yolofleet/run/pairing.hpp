#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "input/source.hpp"
#include "output/sink.hpp"
#include "run/bounded_queue.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet::command {

/// A picture of the inputs: handed to the detector, or with the error that stands in its place.
struct Pending {
  std::uint64_t index = 0;  ///< among all pictures of the run, from 0
  Entry entry;
  /// The detector's index of it, from 0 without a gap; nothing: it wasn't handed in.
  std::optional<std::uint64_t> ticket;
};

/// Brings pictures and what the detector says of them together again, in the detector's order; a
/// picture that it wasn't given stands where the inputs have it, or nearly so where results come as
/// they are ready. Holds no more pictures than are under way in the detector, and as many again.
/// For the one thread that takes results.
class Pairing {
 public:
  using Next = std::function<std::optional<PictureResult>()>;

  /// `queue`: every picture, in the order of the inputs. `next`: the detector's next result; it
  /// gives one for each picture that was handed in.
  Pairing(BoundedQueue<Pending>& queue, Next next) : queue_(queue), next_(std::move(next)) {}

  /// Waits for a picture's outcome. Nothing after the last one.
  std::optional<Outcome> take();

  /// Takes everything there is and throws it away, so that nobody who fills has to wait.
  void drain();

 private:
  /// Takes a picture from the queue; false at its end.
  bool pull();
  Outcome take_refused();

  BoundedQueue<Pending>& queue_;
  Next next_;
  std::map<std::uint64_t, Pending> waiting_;  ///< for their results, by ticket
  std::deque<Pending> refused_;               ///< not handed in
};

}  // namespace yolofleet::command
