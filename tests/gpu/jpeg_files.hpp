#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backend/tensorrt/cuda_device.hpp"
#include "backend/tensorrt/jpeg/jpeg_decoder.hpp"
#include "gpu/devices.hpp"

namespace yolofleet::testing {

/// The decoder of a device. Null, with the reasons printed, if it has none.
inline std::unique_ptr<backend::Decoder> open_decoder(int device) {
  namespace trt = backend::tensorrt;
  const trt::CudaDevice card =
      trt::list_cuda_devices().value().at(static_cast<std::size_t>(device));
  std::vector<std::string> reasons;
  auto decoder = trt::open_jpeg_decoder(
      card, kDefaultMaxPixels,
      {trt::NvjpegLibrary::kFiles.begin(), trt::NvjpegLibrary::kFiles.end()}, reasons);
  if (!decoder) {
    ADD_FAILURE() << decoder.error().message;
    return nullptr;
  }
  for (const std::string& reason : reasons) {
    ::testing::Test::RecordProperty("no decoder", reason);
  }
  return *std::move(decoder);
}

inline backend::Job job_of(EncodedImage file, std::uint64_t ticket = 0) {
  backend::Job job;
  job.ticket = ticket;
  job.picture = std::move(file);
  return job;
}

/// Files of every kind that a decoder may take, of these sizes.
inline std::vector<EncodedImage> files_of_all_kinds(
    const std::vector<std::pair<int, int>>& sizes = {{331, 203}, {640, 480}, {769, 577}}) {
  std::vector<EncodedImage> files;
  for (const Subsampling subsampling : backend::tensorrt::kSubsamplings) {
    for (const bool restarts : {false, true}) {
      for (const auto& [width, height] : sizes) {
        files.push_back(backend::tensorrt::check_file(width, height, subsampling, restarts));
      }
    }
  }
  return files;
}

/// The largest difference between the planes of a picture on a device and libjpeg's of the file;
/// 256 if sizes, formats or orientations differ.
inline int difference_from_cpu(int device, const DeviceImage& picture, const EncodedImage& file) {
  const auto ours = Planes::decode(file).value();
  const auto& theirs = std::get<PlanesView>(picture.pixels);
  if (theirs.width != ours.width() || theirs.height != ours.height() ||
      !(theirs.format == ours.format()) || theirs.orientation != ours.orientation()) {
    return 256;
  }
  const cuda::DeviceGuard guard{device};
  const PlanesView view = ours.view();
  const auto sizes = plane_sizes(ours.format(), ours.width(), ours.height());
  int most = 0;
  for (std::size_t plane = 0; plane < sizes.size() && sizes[plane].bytes() > 0; ++plane) {
    std::vector<std::uint8_t> copy(sizes[plane].bytes());
    cuda::check(cudaMemcpy2D(copy.data(), sizes[plane].row_bytes, theirs.planes[plane],
                             theirs.strides[plane], sizes[plane].row_bytes,
                             static_cast<std::size_t>(sizes[plane].rows), cudaMemcpyDeviceToHost));
    for (std::size_t i = 0; i < copy.size(); ++i) {
      const std::size_t row = i / sizes[plane].row_bytes;
      const int value = view.planes[plane][row * view.strides[plane] + i % sizes[plane].row_bytes];
      most = std::max(most, std::abs(value - copy[i]));
    }
  }
  return most;
}

}  // namespace yolofleet::testing
