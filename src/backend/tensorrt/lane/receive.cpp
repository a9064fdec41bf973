#include "backend/tensorrt/lane/receive.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/fail.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "image/plane_rows.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

std::string names_of(std::span<const CudaDevice> cards) {
  std::string names;
  for (const CudaDevice& card : cards) {
    names += (names.empty() ? "" : ", ") + id_of(card);
  }
  return names;
}

std::string place_of(const cudaPointerAttributes& memory) {
  switch (memory.type) {
    case cudaMemoryTypeDevice:
      return fmt::format("of cuda:{}", memory.device);
    case cudaMemoryTypeManaged:
      return "managed by CUDA";
    default:
      return "of the host";
  }
}

/// Both ends of each plane must be memory of the device.
Result<void> check_memory(const DeviceImage& picture, int device) {
  int index = 0;
  for (const image::PlaneRows& plane : image::planes_of(picture.pixels)) {
    const std::uint8_t* const last =
        plane.data + (plane.rows - 1) * plane.stride + plane.row_bytes - 1;
    for (const std::uint8_t* const byte : {plane.data, last}) {
      const cudaPointerAttributes memory = cuda::attributes_of(byte);
      if (memory.type != cudaMemoryTypeDevice || memory.device != device) {
        return base::fail(ErrorCode::kInvalidArgument,
                          "the {} byte of plane {} of a picture lies in memory {}; a picture of {} "
                          "must lie in memory that was allocated on it",
                          byte == plane.data ? "first" : "last", index, place_of(memory),
                          picture.device);
      }
    }
    ++index;
  }
  return {};
}

/// Records the event DeviceImage::submitted. Throws cuda::CudaError.
void record(DeviceImage& picture, int device) {
  const cuda::DeviceGuard guard{device};
  if (picture.submitted == nullptr) {
    auto event = std::make_shared<cuda::Event>(cuda::make_blocking_event(device));
    picture.submitted = {event, event->get()};
  }
  cuda::check(cudaEventRecord(static_cast<cudaEvent_t>(picture.submitted.get()),
                              static_cast<cudaStream_t>(picture.stream)));
}

}  // namespace

Result<void> receive(std::span<const CudaDevice> cards, DeviceImage& picture) {
  const auto card = std::find_if(cards.begin(), cards.end(), [&](const CudaDevice& one) {
    return picture.device == id_of(one) || picture.device == one.uuid;
  });
  if (card == cards.end()) {
    return base::fail(ErrorCode::kUnsupported,
                      "a picture lies in the memory of \"{}\"; this program can read that of {}",
                      picture.device, names_of(cards));
  }
  picture.device = id_of(*card);
  if (auto checked = check_memory(picture, card->index); !checked) {
    return checked;
  }
  try {
    if (picture.stream != nullptr) {
      record(picture, card->index);
    }
    return {};
  } catch (const cuda::CudaError& error) {
    return tl::unexpected(cuda::error_of(error, picture.device));
  }
}

}  // namespace yolofleet::backend::tensorrt
