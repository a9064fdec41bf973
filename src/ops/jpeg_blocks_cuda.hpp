#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "image/scan_walk.hpp"

namespace yolofleet::ops {

/// The scan of a JPEG file.
struct DeviceScan {
  /// In memory that the device can read, which may be page-locked memory of the host. The address
  /// is divisible by 16; behind the end marker, bytes up to the next such address are read, too.
  const std::uint8_t* file = nullptr;
  std::uint32_t begin = 0;  ///< offset of the first byte of its data
  std::uint32_t end = 0;    ///< offset of the end marker
  /// Offsets of DC 0, DC 1, AC 0, AC 1 as in ScanTables.
  std::uint32_t tables[4] = {};  // NOLINT(modernize-avoid-c-arrays): kernels have no others
  image::ScanShape shape;
  std::uint32_t restart_interval = 0;  ///< in MCUs; 0: no restart markers
  /// Device memory for the kernel: `words_for` words.
  std::uint32_t* words = nullptr;
};

/// The number of `DeviceScan::words` for a scan with `bytes` bytes of data and `restarts` restart
/// markers.
std::size_t words_for(std::size_t bytes, std::size_t restarts) noexcept;

/// Tells for each scan whether image::has_all_blocks: 1 in `has_all`, else 0; 0 also if it would
/// take a thread too long to find out. `scans` and `has_all` have `count` entries in device memory
/// or in page-locked host memory. Returns when the kernel is on `stream`; throws cuda::CudaError if
/// it could not be launched. Precondition: image::end_of_scan has found `end`.
void enqueue_has_all_blocks(const DeviceScan* scans, std::uint8_t* has_all, int count,
                            cudaStream_t stream);

}  // namespace yolofleet::ops
