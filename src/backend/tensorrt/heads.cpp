#include "backend/tensorrt/heads.hpp"

#include <cuda_fp16.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/fit.hpp"
#include "base/fail.hpp"
#include "cuda/device_guard.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// A tensor of the engine: on the device, and the page-locked memory that it is copied from or to.
struct Tensor {
  Tensor(const Plan& plan, const std::string& name)
      : device(plan.device(), plan.tensor_bytes(name.c_str(), 1)),
        host(plan.device(), device.bytes()) {}

  cuda::DeviceBuffer device;
  cuda::PinnedBuffer host;
};

class CudaHeads final : public HeadRun {
 public:
  /// Throws cuda::CudaError.
  CudaHeads(std::unique_ptr<Plan> plan, const graph::Network& network, ops::Fit fit,
            std::string description)
      : shape_(network.input()),
        fit_(fit),
        description_(std::move(description)),
        plan_(std::move(plan)),
        stream_(cuda::make_stream(plan_->device())),
        done_(cuda::make_blocking_event(plan_->device())),
        activations_(plan_->device(), std::max(plan_->activation_bytes(), kLeastActivations)),
        input_(*plan_, kInput),
        pixels_(static_cast<std::size_t>(shape_.elements())) {
    for (std::size_t i = 0; i < network.heads().size(); ++i) {
      heads_.emplace_back(*plan_, head_name(i));
    }
  }

  /// To be called once, before `run`.
  Result<void> prepare() {
    auto context = Context::make(*plan_, 1, activations_, stream_.get());
    if (!context) {
      return tl::unexpected(std::move(context).error());
    }
    bool set = context->set_address(kInput, input_.device.get());
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      set = context->set_address(head_name(i).c_str(), heads_[i].device.get()) && set;
    }
    if (!set) {
      return failed("has no input or heads of these names");
    }
    context_.emplace(*std::move(context));
    return {};
  }

  Result<std::vector<std::vector<float>>> run(const ImageView& picture) override {
    auto heads = cuda::try_with_device(plan_->device(), [&] { return run_on_device(picture); });
    if (!heads) {
      heads.error().code = ErrorCode::kDevice;  // also without memory: all that it needs was there
    }
    return heads;
  }

  const std::string& description() const noexcept override { return description_; }

 private:
  tl::unexpected<Error> failed(std::string_view what) {
    return base::fail(ErrorCode::kDevice, "cuda:{}: the engine {}: {}", plan_->device(), what,
                      take_errors());
  }

  Result<std::vector<std::vector<float>>> run_on_device(const ImageView& picture) {
    ops::resize(picture, shape_, fit_, pixels_);
    fill_input();
    cudaStream_t stream = stream_.get();
    cuda::check(cudaMemcpyAsync(input_.device.get(), input_.host.get(), input_.host.bytes(),
                                cudaMemcpyHostToDevice, stream));
    if (!context_->enqueue(stream)) {
      return failed("can't be run");
    }
    for (const Tensor& head : heads_) {
      cuda::check(cudaMemcpyAsync(head.host.get(), head.device.get(), head.host.bytes(),
                                  cudaMemcpyDeviceToHost, stream));
    }
    cuda::check(cudaEventRecord(done_.get(), stream));
    cuda::check(cudaEventSynchronize(done_.get()));
    std::vector<std::vector<float>> values;
    for (const Tensor& head : heads_) {
      const auto* const begin = head.host.as<float>();
      values.emplace_back(begin, begin + head.host.bytes() / sizeof(float));
    }
    return values;
  }

  /// The engine's input is of half precision where it computes in it.
  void fill_input() {
    if (input_.host.bytes() == pixels_.size() * sizeof(float)) {
      std::copy(pixels_.begin(), pixels_.end(), input_.host.as<float>());
      return;
    }
    std::transform(pixels_.begin(), pixels_.end(), input_.host.as<__half>(), __float2half_rn);
  }

  graph::Shape shape_;
  ops::Fit fit_;
  std::string description_;
  std::unique_ptr<Plan> plan_;
  cuda::Stream stream_;
  cuda::Event done_;
  cuda::DeviceBuffer activations_;
  Tensor input_;
  std::vector<float> pixels_;
  std::vector<Tensor> heads_;
  std::optional<Context> context_;  // last: it uses all of these until it is gone
};

/// Throws cuda::CudaError.
Result<std::unique_ptr<HeadRun>> open_with(const Opening& opening) {
  PlanReport report;  // its warnings are about the cache: the engine runs without one, too
  auto plan = opening.plan(1, report);
  if (!plan) {
    return tl::unexpected(std::move(plan).error());
  }
  auto heads =
      std::make_unique<CudaHeads>(*std::move(plan), opening.network(),
                                  fit_of(opening.options().resize, opening.network().letterbox()),
                                  opening.description("raw heads"));
  if (auto prepared = heads->prepare(); !prepared) {
    return tl::unexpected(std::move(prepared).error());
  }
  return heads;
}

}  // namespace

Result<std::unique_ptr<HeadRun>> open_cuda_heads(const Opening& opening) {
  return cuda::try_with_device(opening.device().index, [&] { return open_with(opening); });
}

}  // namespace yolofleet::backend::tensorrt
