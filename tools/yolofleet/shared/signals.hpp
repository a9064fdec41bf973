#pragma once

namespace yolofleet::command {

/// While it lives, the first SIGINT or SIGTERM asks the run to stop instead of killing the process;
/// the second one, of either kind, kills it, whatever it is doing. One that comes again within 0.2
/// seconds is still the first: `timeout` and others send theirs to a process and to its group.
/// One that the process was started to ignore stays ignored. At most one at a time.
/// Thread-safe but for construction and destruction.
class StopSignals {
 public:
  /// `print`: print on standard error what the first signal does.
  explicit StopSignals(bool print);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// The signal that came, or 0.
  int received() const noexcept;

  /// As if a signal had come, but `received` stays as it is.
  void request_stop() noexcept;

  /// A signal came, or `request_stop` was called.
  bool stop_requested() const noexcept;

  /// A file descriptor that polls as readable once `stop_requested`.
  int descriptor() const noexcept;
};

}  // namespace yolofleet::command
