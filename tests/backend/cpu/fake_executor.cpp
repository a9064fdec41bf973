#include "backend/cpu/fake_executor.hpp"

#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

class FakeRequest final : public Request {
 public:
  explicit FakeRequest(Script& script) : script_(script), input_(script.input_size) {}

  std::span<float> input() override { return input_; }
  Result<void> infer() override {
    const int before = script_.infers++;
    {
      const std::lock_guard lock(script_.mutex);
      script_.inputs.push_back(input_);
    }
    return script_.on_infer ? script_.on_infer(before) : Result<void>{};
  }
  std::span<const float> head(std::size_t /*index*/) const override { return script_.head; }

 private:
  Script& script_;
  std::vector<float> input_;
};

class FakeExecutor final : public Executor {
 public:
  explicit FakeExecutor(Script& script) : script_(script) {}

  Result<std::unique_ptr<Request>> create_request() override {
    if (script_.requests_that_work-- <= 0) {
      return base::fail(ErrorCode::kDevice, "no more requests");
    }
    return std::make_unique<FakeRequest>(script_);
  }
  Precision precision() const noexcept override { return Precision::kFp32; }

 private:
  Script& script_;
};

}  // namespace

std::unique_ptr<Executor> fake_executor(Script& script) {
  return std::make_unique<FakeExecutor>(script);
}

}  // namespace yolofleet::backend::cpu
