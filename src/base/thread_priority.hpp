#pragma once

namespace yolofleet::base {

/// Makes the calling thread yield the CPU to the process's other threads: raises its nice value by
/// 10, to 19 at most. Does nothing if the system refuses.
void lower_priority_of_this_thread() noexcept;

}  // namespace yolofleet::base
