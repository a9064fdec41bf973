#pragma once

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "backend/tensorrt/cuda_lane.hpp"
#include "backend/tensorrt/engines.hpp"

namespace yolofleet::bench {

namespace trt = backend::tensorrt;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

inline double seconds_since(Clock::time_point begin) {
  return Seconds(Clock::now() - begin).count();
}

template <typename T>
T take(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// What is measured.
struct Setting {
  trt::CudaDevice device;
  trt::EngineOptions engine;
  trt::SlotOptions slot;
  double seconds = 2;  ///< of each measurement
  int width = 768;     ///< of a picture
  int height = 576;

  std::size_t picture_bytes() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  }
};

}  // namespace yolofleet::bench
