// Detects in a frame of a video that lies in the memory of the first GPU, without a trip through
// the host. Here the frame is made up; a video decoder would write it on `stream`.
//   device_image MODEL
#include <cuda_runtime_api.h>

#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <yolofleet/yolofleet.hpp>

namespace {

void check(cudaError_t code) {
  if (code != cudaSuccess) {
    throw std::runtime_error(cudaGetErrorString(code));
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const auto model = yolofleet::Model::load(argc > 1 ? argv[1] : "model").value();
  yolofleet::Options options;
  options.devices = "cuda:0";
  auto detector = yolofleet::Detector::open(model, options).value();

  constexpr int width = 1280;
  constexpr int height = 720;
  constexpr std::size_t pixels = std::size_t{width} * height;
  cudaStream_t stream = nullptr;
  std::uint8_t* memory = nullptr;
  check(cudaStreamCreate(&stream));
  check(cudaMalloc(reinterpret_cast<void**>(&memory), pixels * 3 / 2));
  check(cudaMemsetAsync(memory, 128, pixels * 3 / 2, stream));

  yolofleet::PlanesView frame;  // NV12: luma, then Cb and Cr alternately
  frame.planes = {memory, memory + pixels, memory + pixels + 1};
  frame.strides = {width, width, width};
  frame.width = width;
  frame.height = height;
  frame.format.matrix = yolofleet::YcbcrMatrix::kBt709;
  frame.format.range = yolofleet::YcbcrRange::kLimited;
  frame.format.interleaved = true;
  detector.submit(yolofleet::DeviceImage{"cuda:0", frame, stream}).value();
  const auto result = detector.next();

  std::cout << result->detections.size() << " objects on " << result->device << '\n';
  check(cudaFree(memory));
  check(cudaStreamDestroy(stream));
  return result->error ? 1 : 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
