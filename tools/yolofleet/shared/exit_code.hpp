#pragma once

namespace yolofleet::command {

/// Exit codes of the command. A run that a signal stopped ends with 128 + the signal's
/// number (130 for SIGINT, 143 for SIGTERM), as shells show it.
enum ExitCode : int {
  kAllWell = 0,
  kSomePicturesFailed = 1,
  kWrongUse = 2,      ///< also: a model that can't be run, an output that can't be written
  kDeviceFailed = 3,  ///< also: the machine itself (no memory)
  kBrokenPipe = 141,  ///< the reader of standard output has closed it: 128 + SIGPIPE
  kSignalBase = 128,
};

}  // namespace yolofleet::command
