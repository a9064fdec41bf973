// A CPU back end that opens and then fails at every picture, for the command's last exit codes.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/cpu/executor.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

class FailingRequest final : public Request {
 public:
  explicit FailingRequest(std::size_t input_size) : input_(input_size) {}

  std::span<float> input() override { return input_; }
  Result<void> infer() override { return base::fail(ErrorCode::kDevice, "it is worn out"); }
  std::span<const float> head(std::size_t /*index*/) const override { return {}; }

 private:
  std::vector<float> input_;
};

class FailingExecutor final : public Executor {
 public:
  explicit FailingExecutor(std::size_t input_size) : input_size_(input_size) {}

  Result<std::unique_ptr<Request>> create_request() override {
    return std::make_unique<FailingRequest>(input_size_);
  }
  Precision precision() const noexcept override { return Precision::kFp32; }

 private:
  std::size_t input_size_;
};

class FailingModule final : public Module {
 public:
  std::string runtime() const override { return "nothing"; }
  std::string cpu_name() const override { return "a worn out CPU"; }
  bool has_bf16() const override { return false; }
  Result<std::unique_ptr<Executor>> compile(const graph::Network& network,
                                            const ExecutorOptions& /*options*/) override {
    return std::make_unique<FailingExecutor>(static_cast<std::size_t>(network.input().elements()));
  }
};

}  // namespace
}  // namespace yolofleet::backend::cpu

extern "C" __attribute__((visibility("default"))) yolofleet::backend::cpu::Module*
yolofleet_cpu_module(const char* /*build_id*/) {
  static yolofleet::backend::cpu::FailingModule module;
  return &module;
}
