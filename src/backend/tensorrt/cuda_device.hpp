#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

/// A GPU that this process can use: the CUDA runtime applies CUDA_VISIBLE_DEVICES.
struct CudaDevice {
  int index = 0;
  std::string name;  ///< "NVIDIA H100 80GB HBM3"
  std::string uuid;  ///< "GPU-6f1a..."
  int major = 0;     ///< of the compute capability
  int minor = 0;
  int multiprocessors = 0;
  std::size_t memory = 0;  ///< bytes of the whole device
};

/// "cuda:0".
std::string id_of(const CudaDevice& device);

/// The kind that engines are built for: "NVIDIA H100 80GB HBM3 (9.0, 132 multiprocessors)".
std::string kind_of(const CudaDevice& device);

/// The precisions of networks on the device. TF32 needs compute capability 8.0.
std::vector<Precision> precisions_of(const CudaDevice& device);

/// Whether code for `architectures`, as CMake lists them ("75-real,90,120-virtual"), runs on a
/// device of this compute capability: machine code ("-real") of the same major and the same or an
/// earlier minor version, or PTX ("-virtual") of the same or an earlier version. A number alone
/// stands for both.
bool runs_on(std::string_view architectures, int major, int minor);

/// Why this program can't run on the device: it has no code for it. Empty if it has.
std::string why_no_code(const CudaDevice& device);

/// All devices in the runtime's order, at least one. Errors: why_no_devices's.
Result<std::vector<CudaDevice>> list_cuda_devices();

/// The error for a failure of `cudaGetDeviceCount`. `code`: its cudaError_t. `driver`: the version
/// from cudaDriverGetVersion (13000 for CUDA 13.0; 0 without a driver). Codes: kNotFound (no
/// driver, or no GPU), kMismatch (the driver is too old for this program), kDevice (any other
/// failure: there may be GPUs, but they don't work).
Error why_no_devices(int code, int driver);

}  // namespace yolofleet::backend::tensorrt
