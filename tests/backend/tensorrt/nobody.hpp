#pragma once

#include <unistd.h>

#include <cstdlib>

namespace yolofleet::testing {

/// During its lifetime, the process has an ordinary user's rights to files, even if it runs as
/// root.
class Nobody {
 public:
  Nobody() { become(kNobody); }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() { become(0); }

 private:
  static constexpr uid_t kNobody = 65534;

  void become(uid_t user) const {
    if (was_root_ && seteuid(user) != 0) {
      std::abort();
    }
  }

  bool was_root_ = geteuid() == 0;
};

}  // namespace yolofleet::testing
