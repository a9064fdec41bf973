#include "backend/device.hpp"

#include "base/fail.hpp"

namespace yolofleet::backend {

Result<EngineReport> Device::prepare(const Workload& /*work*/,
                                     std::vector<std::string>& /*warnings*/) {
  return base::fail(ErrorCode::kInternal, "{}: needs no engine", id());
}

Result<void> Device::receive(DeviceImage& picture) {
  return base::fail(ErrorCode::kUnsupported, "{} can't read a picture in the memory of {}", id(),
                    picture.device);
}

}  // namespace yolofleet::backend
