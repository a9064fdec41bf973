#include "backend/openvino/executor.hpp"

#include <openvino/runtime/properties.hpp>
#include <utility>
#include <vector>

#include "backend/openvino/network_builder.hpp"
#include "backend/openvino/reason.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::openvino {
namespace {

class OpenVinoRequest final : public cpu::Request {
 public:
  explicit OpenVinoRequest(ov::InferRequest request)
      : request_(std::move(request)), input_(request_.get_input_tensor()) {
    for (std::size_t i = 0; i < request_.get_compiled_model().outputs().size(); ++i) {
      heads_.push_back(request_.get_output_tensor(i));
    }
  }

  std::span<float> input() override { return {input_.data<float>(), input_.get_size()}; }

  Result<void> infer() override {
    try {
      request_.infer();
      return {};
    } catch (const std::exception& exception) {
      return base::fail(ErrorCode::kDevice, "OpenVINO failed to run the network: {}",
                        reason_of(exception));
    }
  }

  std::span<const float> head(std::size_t index) const override {
    const ov::Tensor& tensor = heads_[index];
    return {tensor.data<const float>(), tensor.get_size()};
  }

 private:
  ov::InferRequest request_;
  ov::Tensor input_;
  std::vector<ov::Tensor> heads_;
};

class OpenVinoExecutor final : public cpu::Executor {
 public:
  OpenVinoExecutor(ov::CompiledModel model, Precision precision)
      : model_(std::move(model)), precision_(precision) {}

  Result<std::unique_ptr<cpu::Request>> create_request() override {
    try {
      return std::make_unique<OpenVinoRequest>(model_.create_infer_request());
    } catch (const std::exception& exception) {
      return base::fail(ErrorCode::kDevice, "OpenVINO failed to create a request: {}",
                        reason_of(exception));
    }
  }

  Precision precision() const noexcept override { return precision_; }

 private:
  ov::CompiledModel model_;
  Precision precision_;
};

}  // namespace

Result<std::unique_ptr<cpu::Executor>> compile(ov::Core& core, const graph::Network& network,
                                               const cpu::ExecutorOptions& options) {
  auto model = build_model(network);
  if (!model) {
    return tl::unexpected(std::move(model).error());
  }
  const bool bf16 = options.precision == Precision::kBf16;
  // Pinning would put the threads of every process on the same first cores, busy or not.
  ov::CompiledModel compiled = core.compile_model(
      *model, "CPU", ov::hint::inference_precision(bf16 ? ov::element::bf16 : ov::element::f32),
      ov::hint::execution_mode(bf16 ? ov::hint::ExecutionMode::PERFORMANCE
                                    : ov::hint::ExecutionMode::ACCURACY),
      ov::num_streams(ov::streams::Num(options.streams)),
      ov::inference_num_threads(options.threads), ov::hint::enable_cpu_pinning(false));
  return std::make_unique<OpenVinoExecutor>(std::move(compiled),
                                            bf16 ? Precision::kBf16 : Precision::kFp32);
}

}  // namespace yolofleet::backend::openvino
