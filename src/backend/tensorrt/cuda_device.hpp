#pragma once

#include <cstddef>
#include <string>
#include <string_view>
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

/// "cuda:0".
std::string id_of(const CudaDevice& device);

/// The kind that engines are built for: "NVIDIA H100 80GB HBM3 (9.0, 132 multiprocessors)".
std::string kind_of(const CudaDevice& device);

/// Whether code for `architectures`, in CMake's words ("75-real,90,120-virtual"), runs on a
/// device of this compute capability: machine code ("-real") of its major version for no later
/// minor one, or PTX ("-virtual") of no later version; a number alone is both.
bool runs_on(std::string_view architectures, int major, int minor);

/// Empty, or that this program has no code for the device.
std::string why_no_code(const CudaDevice& device);

/// In the runtime's order, at least one. Errors: see why_no_devices.
Result<std::vector<CudaDevice>> list_cuda_devices();

/// The words for `cudaGetDeviceCount` having failed with `code`, a cudaError_t, while
/// cudaDriverGetVersion gave `driver` (13000 for CUDA 13.0; 0: there is none). Errors: kNotFound
/// (no driver, or no GPU), kMismatch (a driver that is too old for this program), kDevice (anything
/// else: there may be GPUs, but they don't work).
Error why_no_devices(int code, int driver);

}  // namespace yolofleet::backend::tensorrt
