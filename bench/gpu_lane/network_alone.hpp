#pragma once

#include <random>
#include <string>

#include "gpu_lane/setting.hpp"

namespace yolofleet::bench {

/// The network's own run as graphs on several streams, over inputs that never change.
class NetworkAlone {
 public:
  NetworkAlone(trt::Plan& plan, const Setting& setting, int batch, int streams) : batch_(batch) {
    const cuda::DeviceGuard guard{plan.device()};
    for (int i = 0; i < streams; ++i) {
      Copy& copy = copies_.emplace_back();
      copy.stream = cuda::make_stream(plan.device());
      copy.done = cuda::make_blocking_event(plan.device());
      copy.activations =
          cuda::DeviceBuffer(plan.device(), std::max<std::size_t>(plan.activation_bytes(), 256));
      auto context = take(trt::Context::make(plan, batch, copy.activations, copy.stream.get()));
      for (const char* name : {trt::kInput, trt::kThresholds, trt::kMappings, trt::kNumbers,
                               trt::kCandidateNumbers, trt::kBoxes, trt::kScores, trt::kClasses}) {
        cuda::DeviceBuffer& tensor =
            copy.tensors.emplace_back(plan.device(), plan.tensor_bytes(name, batch));
        fill(name, tensor, setting);
        context.set_address(name, tensor.get());
      }
      if (!context.enqueue(copy.stream.get())) {
        throw std::runtime_error(plan.take_errors());
      }
      cuda::check(cudaStreamSynchronize(copy.stream.get()));
      copy.graph = cuda::capture(copy.stream, [&](cudaStream_t s) { context.enqueue(s); });
      contexts_.push_back(std::move(context));
    }
    device_ = plan.device();
  }

  /// Pictures a second.
  double run(double seconds) {
    const cuda::DeviceGuard guard{device_};
    std::size_t batches = 0;
    const auto begin = Clock::now();
    while (seconds_since(begin) < seconds) {
      for (int round = 0; round < 8; ++round) {
        for (Copy& copy : copies_) {
          cuda::check(cudaGraphLaunch(copy.graph.get(), copy.stream.get()));
          ++batches;
        }
      }
      for (Copy& copy : copies_) {
        cuda::check(cudaEventRecord(copy.done.get(), copy.stream.get()));
      }
      for (Copy& copy : copies_) {
        cuda::check(cudaEventSynchronize(copy.done.get()));
      }
    }
    return static_cast<double>(batches) * batch_ / seconds_since(begin);
  }

  /// Milliseconds from launch to the end, median of many.
  double latency(int runs) {
    const cuda::DeviceGuard guard{device_};
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
      const auto begin = Clock::now();
      cuda::check(cudaGraphLaunch(copies_[0].graph.get(), copies_[0].stream.get()));
      cuda::check(cudaEventRecord(copies_[0].done.get(), copies_[0].stream.get()));
      cuda::check(cudaEventSynchronize(copies_[0].done.get()));
      times.push_back(seconds_since(begin) * 1e3);
    }
    return median(times);
  }

 private:
  struct Copy {
    cuda::Stream stream;
    cuda::Event done;
    cuda::DeviceBuffer activations;
    std::vector<cuda::DeviceBuffer> tensors;
    cuda::GraphExec graph;
  };

  /// Random pictures and the lane's thresholds: zeros would flatter.
  static void fill(const std::string& name, const cuda::DeviceBuffer& tensor,
                   const Setting& setting) {
    cuda::check(cudaMemset(tensor.get(), 0, tensor.bytes()));
    if (name == trt::kThresholds) {
      cuda::check(cudaMemcpy(tensor.get(), &setting.slot.thresholds, tensor.bytes(),
                             cudaMemcpyHostToDevice));
    }
    if (name == trt::kInput) {
      std::mt19937 random{1};
      std::vector<std::uint16_t> halves(tensor.bytes() / 2);
      for (std::uint16_t& half : halves) {
        half = static_cast<std::uint16_t>(0x3000 + random() % 0x0C00);  // 0.125 to 1
      }
      cuda::check(cudaMemcpy(tensor.get(), halves.data(), tensor.bytes(), cudaMemcpyHostToDevice));
    }
  }

  int batch_;
  int device_ = 0;
  std::vector<Copy> copies_;
  std::vector<trt::Context> contexts_;
};

}  // namespace yolofleet::bench
