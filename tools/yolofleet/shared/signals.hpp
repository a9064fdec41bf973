#pragma once

namespace yolofleet::command {

/// While an object of this class lives, the first SIGINT or SIGTERM asks the run to stop instead of
/// killing the process. The second signal, of either kind, kills the process at once. The same
/// signal again within 0.2 seconds counts as the first: `timeout` and other programs send a signal
/// both to a process and to its group.
/// A signal that the process was started to ignore stays ignored. At most one object at a time.
/// Thread-safe except for construction and destruction.
class StopSignals {
 public:
  /// `print`: print on standard error what the first signal does.
  explicit StopSignals(bool print);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// The signal that came, or 0.
  int received() const noexcept;

  /// Requests the stop as a signal does, but leaves `received` unchanged.
  void request_stop() noexcept;

  /// Whether a signal came or `request_stop` was called.
  bool stop_requested() const noexcept;

  /// A file descriptor that polls as readable once `stop_requested`.
  int descriptor() const noexcept;
};

}  // namespace yolofleet::command
