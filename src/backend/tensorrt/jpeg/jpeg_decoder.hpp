#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backend/decoder.hpp"
#include "backend/tensorrt/cuda_device.hpp"
#include "backend/tensorrt/jpeg/engine_check.hpp"
#include "backend/tensorrt/jpeg/file_room.hpp"
#include "backend/tensorrt/jpeg/jpeg_engine.hpp"

namespace yolofleet::backend::tensorrt {

/// Files that the decoder takes at once. Measured: docs/measurements/2026-11-30.md.
inline constexpr std::size_t kJpegBatch = 64;

/// Engines that decode side by side. nvJPEG's call to decode a batch returns when the batch is
/// nearly done, so one thread can't keep the hardware busy. Measured:
/// docs/measurements/2026-11-30.md.
inline constexpr std::size_t kJpegEngines = 2;

/// The parts of a JPEG decoder.
struct JpegDecoderParts {
  std::string device;  ///< "cuda:0"
  int index = 0;       ///< of the device
  std::string description;
  std::vector<std::unique_ptr<JpegEngine>> engines;  ///< of one kind; at least one
  std::vector<std::unique_ptr<FileRoom>> rooms;      ///< one more than engines
  EngineSkills skills;                               ///< of each of them
  std::shared_ptr<PlaneMemory> memory;
  std::int64_t max_pixels = 0;
};

/// A decoder that gives batches of files to nvJPEG. It has one thread more than engines: this one
/// looks through the next batch and copies it to page-locked memory until an engine is free. It
/// takes files of simple kinds (image::read_jpeg_header) that an engine has proved to decode.
///
/// nvJPEG decodes damaged files without an error. So the decoder gives it only files whose markers
/// are right (image::end_of_scan), has a kernel look at the same time whether their scans have all
/// blocks (image::has_all_blocks), and drops the pictures of those that don't. libjpeg finds
/// nothing wrong with the others.
///
/// After an answer that isn't about one file, it decodes a made-up file: if this fails, too, the
/// decoder can't be used any more.
std::unique_ptr<Decoder> make_jpeg_decoder(JpegDecoderParts parts);

/// As Device::make_decoder: with the latest nvJPEG that works, by the JPEG engines of the device if
/// it has some, else by CUDA kernels if these decode more pictures a second than one core of the
/// CPU, since the decoder's thread keeps one busy. `libraries`: files for the dynamic loader.
Result<std::unique_ptr<Decoder>> open_jpeg_decoder(const CudaDevice& card, std::int64_t max_pixels,
                                                   const std::vector<std::string>& libraries,
                                                   std::vector<std::string>& reasons);

}  // namespace yolofleet::backend::tensorrt
