#pragma once

#include <memory>
#include <mutex>

#include "yolofleet/options.hpp"

namespace yolofleet::backend {

/// `on_build`, called by one thread at a time, for devices that are opened or prepared side by
/// side. Empty if `on_build` is.
inline OnBuild one_at_a_time(const OnBuild& on_build) {
  if (!on_build) {
    return {};
  }
  return [on_build, mutex = std::make_shared<std::mutex>()](const BuildProgress& progress) {
    const std::lock_guard lock{*mutex};
    on_build(progress);
  };
}

}  // namespace yolofleet::backend
