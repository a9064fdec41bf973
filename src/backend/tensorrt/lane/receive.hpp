#pragma once

#include <span>

#include "backend/tensorrt/cuda_device.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::backend::tensorrt {

/// Implements Device::receive for the machine's GPUs, `cards`: the picture may lie on any of them,
/// also on one without a lane. Sets DeviceImage::device to the name of its GPU ("cuda:1").
Result<void> receive(std::span<const CudaDevice> cards, DeviceImage& picture);

}  // namespace yolofleet::backend::tensorrt
