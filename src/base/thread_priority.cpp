#include "base/thread_priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace yolofleet::base {

void lower_priority_of_this_thread() noexcept {
  constexpr int kStep = 10;
  constexpr int kLowest = 19;
  // On Linux a nice value belongs to a thread, whose number setpriority takes.
  const auto thread = static_cast<id_t>(::gettid());
  errno = 0;
  const int now = ::getpriority(PRIO_PROCESS, thread);
  if (errno == 0) {
    static_cast<void>(::setpriority(PRIO_PROCESS, thread, std::min(now + kStep, kLowest)));
  }
}

}  // namespace yolofleet::base
