#include "backend/tensorrt/network_alone.hpp"

#include <cuda_fp16.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string_view>
#include <utility>

#include "backend/tensorrt/network/tensor_names.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRoundsBetweenWaits = 8;  // so that the device rarely runs out of work

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Random values from 0 to 1, the range of a picture's. With zeros the device would be faster.
template <typename T>
void fill_with_noise(const cuda::DeviceBuffer& tensor) {
  std::mt19937 random{1};
  std::uniform_real_distribution<float> values{0, 1};
  std::vector<T> host(tensor.bytes() / sizeof(T));
  std::generate(host.begin(), host.end(), [&] { return static_cast<T>(values(random)); });
  cuda::check(cudaMemcpy(tensor.get(), host.data(), tensor.bytes(), cudaMemcpyHostToDevice));
}

void fill(std::string_view name, const cuda::DeviceBuffer& tensor, const SlotOptions& setting) {
  if (name == kInput && setting.half) {
    fill_with_noise<__half>(tensor);
  } else if (name == kInput) {
    fill_with_noise<float>(tensor);
  } else if (name == kThresholds) {
    cuda::check(cudaMemcpy(tensor.get(), &setting.thresholds, sizeof setting.thresholds,
                           cudaMemcpyHostToDevice));
  } else {
    cuda::check(cudaMemset(tensor.get(), 0, tensor.bytes()));
  }
}

}  // namespace

Result<std::unique_ptr<NetworkAlone>> NetworkAlone::make(Plan& plan, const SlotOptions& setting,
                                                         int streams) {
  std::unique_ptr<NetworkAlone> alone{new NetworkAlone{plan.device(), setting.max_batch}};
  for (int i = 0; i < streams; ++i) {
    if (auto added = alone->add_stream(plan, setting); !added) {
      return tl::unexpected(std::move(added).error());
    }
  }
  return alone;
}

Result<void> NetworkAlone::add_stream(Plan& plan, const SlotOptions& setting) {
  const cuda::DeviceGuard guard{device_};
  Copy& copy = copies_.emplace_back();
  copy.stream = cuda::make_stream(device_);
  copy.done = cuda::make_blocking_event(device_);
  copy.activations =
      cuda::DeviceBuffer(device_, std::max(plan.activation_bytes(), kLeastActivations));
  auto context = Context::make(plan, batch_, copy.activations, copy.stream.get());
  if (!context) {
    return tl::unexpected(std::move(context).error());
  }
  bool accepted = true;
  for (const char* const name : {kInput, kThresholds, kMappings, kNumbers, kKeptNumbers,
                                 kCandidateNumbers, kBoxes, kScores, kClasses}) {
    const cuda::DeviceBuffer& tensor =
        copy.tensors.emplace_back(device_, plan.tensor_bytes(name, batch_));
    fill(name, tensor, setting);
    accepted = context->set_address(name, tensor.get()) && accepted;
  }
  // TensorRT completes its setup in the first run, so this run must precede the capture.
  accepted = accepted && context->enqueue(copy.stream.get());
  cuda::check(cudaStreamSynchronize(copy.stream.get()));
  if (accepted) {
    copy.graph = cuda::capture(copy.stream,
                               [&](cudaStream_t stream) { accepted = context->enqueue(stream); });
  }
  if (!accepted) {
    return base::fail(ErrorCode::kDevice, "cuda:{}: TensorRT can't run batches of {}: {}", device_,
                      batch_, take_errors());
  }
  contexts_.push_back(*std::move(context));
  return {};
}

double NetworkAlone::run(double seconds) {
  const cuda::DeviceGuard guard{device_};
  std::size_t batches = 0;
  const auto begin = Clock::now();
  while (seconds_since(begin) < seconds) {
    for (int round = 0; round < kRoundsBetweenWaits; ++round) {
      for (const Copy& copy : copies_) {
        cuda::check(cudaGraphLaunch(copy.graph.get(), copy.stream.get()));
        ++batches;
      }
    }
    for (const Copy& copy : copies_) {
      cuda::check(cudaEventRecord(copy.done.get(), copy.stream.get()));
    }
    for (const Copy& copy : copies_) {
      cuda::check(cudaEventSynchronize(copy.done.get()));
    }
  }
  batches_ += batches;
  return static_cast<double>(batches) * batch_ / seconds_since(begin);
}

}  // namespace yolofleet::backend::tensorrt
