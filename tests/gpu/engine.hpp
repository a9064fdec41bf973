#pragma once

#include <cuda_fp16.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backend/tensorrt/engine/builder.hpp"
#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/engine_options.hpp"
#include "backend/tensorrt/network/tensor_names.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::testing {

namespace trt = backend::tensorrt;

/// The value. Throws std::runtime_error with the error's message, which fails the calling test.
template <typename T>
T value_of(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return *std::move(result);
}

inline void require(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

/// Builds an engine at the lowest level, which is the fastest to build, and loads it on `device`.
inline std::unique_ptr<trt::Plan> quick_plan(int device, const graph::Network& network,
                                             trt::EngineOptions options) {
  options.optimization_level = 0;
  const trt::Library& library = *value_of(trt::Library::load());
  trt::TimingCache timing;
  const trt::EngineBytes engine =
      value_of(trt::build_engine(library, device, network, options, timing));
  return value_of(trt::Plan::load(library, device,
                                  {static_cast<const std::byte*>(engine->data()), engine->size()}));
}

/// A context of a plan for one batch size, with its own stream and memory for all its tensors.
class EngineRun {
 public:
  EngineRun(trt::Plan& plan, int batch)
      : plan_(plan),
        stream_(cuda::make_stream(plan.device())),
        activations_(plan.device(), std::max<std::size_t>(plan.activation_bytes(), 256)),
        context_(value_of(trt::Context::make(plan, batch, activations_, stream_.get()))) {
    for (int i = 0; i < plan.engine().getNbIOTensors(); ++i) {
      const char* const name = plan.engine().getIOTensorName(i);
      cuda::DeviceBuffer& memory =
          tensors_.try_emplace(name, plan.device(), plan.tensor_bytes(name, batch)).first->second;
      require(context_.set_address(name, memory.get()), name);
      if (plan.engine().getTensorIOMode(name) == nvinfer1::TensorIOMode::kOUTPUT) {
        outputs_.push_back(&memory);
      }
    }
  }

  /// Fills an input; rounds the values to half if the engine's input is.
  void put(const char* name, std::span<const float> values) {
    const cuda::DeviceBuffer& memory = tensors_.at(name);
    std::vector<__half> halves;
    const void* source = values.data();
    std::size_t bytes = values.size_bytes();
    if (plan_.engine().getTensorDataType(name) == nvinfer1::DataType::kHALF) {
      for (const float value : values) {
        halves.push_back(__float2half_rn(value));
      }
      source = halves.data();
      bytes = halves.size() * sizeof(__half);
    }
    require(bytes == memory.bytes(), std::string{name} + ": a wrong number of values");
    const cuda::DeviceGuard guard{plan_.device()};
    cuda::check(
        cudaMemcpyAsync(memory.get(), source, bytes, cudaMemcpyHostToDevice, stream_.get()));
    cuda::check(cudaStreamSynchronize(stream_.get()));
  }

  /// Runs to the end. The outputs are filled before with a pattern that can't be a result.
  void run() {
    const cuda::DeviceGuard guard{plan_.device()};
    for (const cuda::DeviceBuffer* const output : outputs_) {
      cuda::check(cudaMemsetAsync(output->get(), 0xFF, output->bytes(), stream_.get()));
    }
    require(context_.enqueue(stream_.get()), "TensorRT refuses to run");
    cuda::check(cudaStreamSynchronize(stream_.get()));
  }

  template <typename T>
  std::vector<T> get(const std::string& name) const {
    const cuda::DeviceBuffer& memory = tensors_.at(name);
    std::vector<T> values(memory.bytes() / sizeof(T));
    const cuda::DeviceGuard guard{plan_.device()};
    cuda::check(cudaMemcpyAsync(values.data(), memory.get(), memory.bytes(), cudaMemcpyDeviceToHost,
                                stream_.get()));
    cuda::check(cudaStreamSynchronize(stream_.get()));
    return values;
  }

  /// The bytes of all numbers, and of the detections that there are.
  std::vector<std::byte> detection_bytes() const {
    std::vector<std::byte> all;
    const auto add = [&all](const auto& values, std::size_t first, std::size_t count) {
      const auto bytes = std::as_bytes(std::span(values).subspan(first, count));
      all.insert(all.end(), bytes.begin(), bytes.end());
    };
    const auto numbers = get<int>(trt::kNumbers);
    for (const char* const name : {trt::kNumbers, trt::kKeptNumbers, trt::kCandidateNumbers}) {
      add(get<int>(name), 0, numbers.size());
    }
    const auto boxes = get<float>(trt::kBoxes);
    const auto scores = get<float>(trt::kScores);
    const auto classes = get<int>(trt::kClasses);
    const std::size_t room = scores.size() / numbers.size();
    for (std::size_t p = 0; p < numbers.size(); ++p) {
      const auto number = static_cast<std::size_t>(numbers[p]);
      add(boxes, 4 * p * room, 4 * number);
      add(scores, p * room, number);
      add(classes, p * room, number);
    }
    return all;
  }

 private:
  trt::Plan& plan_;
  cuda::Stream stream_;
  cuda::DeviceBuffer activations_;
  std::map<std::string, cuda::DeviceBuffer> tensors_;
  std::vector<const cuda::DeviceBuffer*> outputs_;
  trt::Context context_;  // last: it uses all of these until it is gone
};

/// Random values from 0 to 1 for a network's input; each of the `pictures` differs.
inline std::vector<float> random_input(graph::Shape shape, int pictures, unsigned seed) {
  std::mt19937 random{seed};
  std::uniform_real_distribution<float> value{0.0F, 1.0F};
  std::vector<float> values(static_cast<std::size_t>(pictures * shape.elements()));
  std::generate(values.begin(), values.end(), [&] { return value(random); });
  return values;
}

/// Mappings of `pictures` pictures of one size, each stretched over the network's whole input.
inline std::vector<float> stretched_mappings(int pictures, int width, int height) {
  std::vector<float> mappings;
  for (int i = 0; i < pictures; ++i) {
    mappings.insert(mappings.end(), {1.0F, 1.0F, 0.0F, 0.0F, static_cast<float>(width),
                                     static_cast<float>(height)});
  }
  return mappings;
}

}  // namespace yolofleet::testing
