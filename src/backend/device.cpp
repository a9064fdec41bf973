#include "backend/device.hpp"

#include "base/fail.hpp"

namespace yolofleet::backend {

Result<EngineReport> Device::prepare(const Workload& /*work*/,
                                     std::vector<std::string>& /*warnings*/) {
  return base::fail(ErrorCode::kInternal, "{}: needs no engine", id());
}

}  // namespace yolofleet::backend
