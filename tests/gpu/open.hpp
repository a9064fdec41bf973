#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/tensorrt/device.hpp"
#include "backend/tensorrt/lane/open_lane.hpp"

namespace yolofleet::testing {

namespace trt = backend::tensorrt;

/// A lane of this network on the card. `shared`: as Purpose::shared.
inline Result<std::unique_ptr<backend::Lane>> open_lane_on(const trt::CudaDevice& card,
                                                           const backend::Workload& work,
                                                           const backend::OnFinished& on_finished,
                                                           std::vector<std::string>& warnings,
                                                           trt::SharedEngines* shared = nullptr) {
  return trt::Opening::make(card, work, {.shared = shared})
      .and_then([&](const trt::Opening& opening) {
        return trt::open_cuda_lane(opening, on_finished, warnings);
      });
}

/// The GPU of this index as the library sees it.
inline std::shared_ptr<backend::Device> gpu_device(int index) {
  return trt::list_devices().devices.value().at(static_cast<std::size_t>(index));
}

}  // namespace yolofleet::testing
