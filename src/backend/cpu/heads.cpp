#include "backend/cpu/heads.hpp"

#include <span>
#include <utility>

#include "backend/cpu/cpu_lane.hpp"

namespace yolofleet::backend::cpu {
namespace {

class CpuHeads final : public HeadRun {
 public:
  CpuHeads(const graph::Network& network, ops::Fit fit, std::unique_ptr<Executor> executor,
           std::unique_ptr<Request> request, std::string description)
      : input_(network.input()),
        heads_(network.heads().size()),
        fit_(fit),
        executor_(std::move(executor)),
        request_(std::move(request)),
        description_(std::move(description)) {}

  Result<std::vector<std::vector<float>>> run(const ImageView& picture) override {
    ops::resize(picture, input_, fit_, request_->input());
    if (auto done = request_->infer(); !done) {
      return tl::unexpected(std::move(done).error());
    }
    std::vector<std::vector<float>> heads;
    for (std::size_t i = 0; i < heads_; ++i) {
      const std::span<const float> values = request_->head(i);
      heads.emplace_back(values.begin(), values.end());
    }
    return heads;
  }

  const std::string& description() const noexcept override { return description_; }

 private:
  graph::Shape input_;
  std::size_t heads_;
  ops::Fit fit_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Request> request_;  // ends before the executor
  std::string description_;
};

}  // namespace

Result<std::unique_ptr<HeadRun>> open_cpu_heads(const graph::Network& network, ops::Fit fit,
                                                Precision precision, int threads) {
  auto engine = open_cpu_engine(network, precision, threads, Streams::kOne);
  if (!engine) {
    return tl::unexpected(std::move(engine).error());
  }
  auto request = engine->executor->create_request();
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  return std::make_unique<CpuHeads>(network, fit, std::move(engine->executor), *std::move(request),
                                    std::move(engine->description));
}

}  // namespace yolofleet::backend::cpu
