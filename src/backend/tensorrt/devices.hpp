#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// A GPU that the CUDA runtime shows to this process (CUDA_VISIBLE_DEVICES is respected).
struct CudaDevice {
  int index = 0;
  std::string name;  ///< "NVIDIA H100 80GB HBM3"
  std::string uuid;  ///< "GPU-6f1a..."
  int major = 0;     ///< of the compute capability
  int minor = 0;
  int multiprocessors = 0;
  std::size_t memory = 0;  ///< bytes, of the whole card
};

/// In the runtime's order. Errors: kNotFound (no GPU, no driver, or a driver that is too old for
/// this program, each said so).
Result<std::vector<CudaDevice>> list_cuda_devices();

}  // namespace yolofleet::backend::tensorrt
