#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "backend/tensorrt/jpeg/device_planes.hpp"
#include "backend/tensorrt/jpeg/jpeg_engine.hpp"

namespace yolofleet::backend::tensorrt {

inline constexpr std::array kSubsamplings{Subsampling::k444, Subsampling::k422, Subsampling::k420,
                                          Subsampling::k440, Subsampling::kGrey};

/// The kinds of files that an engine decodes rightly. [i]: of kSubsamplings[i].
struct EngineSkills {
  std::array<bool, kSubsamplings.size()> plain{};
  std::array<bool, kSubsamplings.size()> restarts{};  ///< with restart markers

  bool any() const noexcept;
  bool has(const image::JpegHeader& header) const noexcept;
};

/// The largest difference of two samples between an engine and libjpeg: their inverse DCTs round
/// differently.
inline constexpr int kMostDifference = 3;

/// How an engine has decoded a file.
struct EngineAnswer {
  nvjpeg::Status status = nvjpeg::Status::kSuccess;
  int difference = 0;  ///< the largest from libjpeg's planes, with kSuccess

  bool is_right() const noexcept {
    return status == nvjpeg::Status::kSuccess && difference <= kMostDifference;
  }
};

/// Decodes a file that libjpeg can decode into `memory`, which must have room for it, and compares
/// the planes with libjpeg's. The device is current. Throws cuda::CudaError.
EngineAnswer try_engine(JpegEngine& engine, const std::vector<std::byte>& file,
                        PlaneMemory& memory);

/// A small made-up picture as a JPEG file; `restarts`: with restart markers.
std::vector<std::byte> check_file(int width, int height, Subsampling subsampling, bool restarts);

/// Finds out by a few made-up files. The device is current. Throws cuda::CudaError.
EngineSkills skills_of(JpegEngine& engine, PlaneMemory& memory);

/// Pictures a second that the engine decodes, and that one core of the CPU decodes, of a made-up
/// picture of 640 x 480 pixels. `memory` must have room for a batch of them. The device is current.
/// Throws cuda::CudaError.
struct DecodingRates {
  double engine = 0;
  double core = 0;
};
DecodingRates measure_rates(JpegEngine& engine, PlaneMemory& memory, std::size_t batch);

}  // namespace yolofleet::backend::tensorrt
