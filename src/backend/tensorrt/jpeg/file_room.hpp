#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "image/jpeg_header.hpp"
#include "ops/jpeg_blocks_cuda.hpp"

namespace yolofleet::backend::tensorrt {

/// Page-locked memory for the files of a batch. The driver copies from it without a core of the
/// CPU, and a kernel looks there whether their scans have all their blocks. Not for several threads
/// at once.
class FileRoom {
 public:
  /// For at most `files` files of `bytes` together. Throws cuda::CudaError.
  FileRoom(int device, std::size_t bytes, std::size_t files);
  ~FileRoom();
  FileRoom(const FileRoom&) = delete;
  FileRoom& operator=(const FileRoom&) = delete;

  std::size_t bytes() const noexcept { return files_.bytes(); }

  /// Drops the files.
  void clear() noexcept;

  /// Copies a whole file. The copy is valid until the next `clear`; nothing if there is no room for
  /// it. `scan_end`: image::end_of_scan.
  std::optional<std::span<const std::byte>> add(std::span<const std::byte> file,
                                                const image::JpegHeader& header,
                                                std::size_t scan_end) noexcept;

  /// Has the device look through the files. Preconditions: there is a file, and the device is
  /// current. Throws cuda::CudaError.
  void check();
  /// Waits until it has. [i]: 1 if the i-th file has all its blocks, else 0. Throws
  /// cuda::CudaError.
  std::span<const std::uint8_t> has_all_blocks();

 private:
  cuda::PinnedBuffer files_;
  cuda::PinnedBuffer scans_;    // ops::DeviceScan of each file
  cuda::PinnedBuffer has_all_;  // a byte for each file
  cuda::DeviceBuffer words_;    // for the kernel
  cuda::Stream stream_;
  cuda::Event checked_;
  bool checking_ = false;  // the kernel may be reading
  std::size_t most_;
  std::size_t count_ = 0;
  std::size_t used_ = 0;        // bytes of files_
  std::size_t used_words_ = 0;  // of words_
};

}  // namespace yolofleet::backend::tensorrt
