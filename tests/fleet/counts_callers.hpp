#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "backend/decoder.hpp"

namespace yolofleet::testing {

/// Notes how many threads call `decode` at the same time.
class CountsCallers final : public backend::Decoder {
 public:
  CountsCallers(std::unique_ptr<backend::Decoder> decoder, std::atomic<int>& most)
      : decoder_(std::move(decoder)), most_(most) {}

  std::string description() const override { return decoder_->description(); }
  std::size_t batch() const noexcept override { return decoder_->batch(); }
  std::size_t threads() const noexcept override { return decoder_->threads(); }
  bool takes(std::span<const std::byte> file) const noexcept override {
    return decoder_->takes(file);
  }
  Result<std::size_t> decode(std::span<backend::Job> jobs) override {
    const int callers = ++callers_;
    for (int most = most_; callers > most && !most_.compare_exchange_weak(most, callers);) {
    }
    auto decoded = decoder_->decode(jobs);
    --callers_;
    return decoded;
  }
  void wait_for_memory() override { decoder_->wait_for_memory(); }
  void stop() noexcept override { decoder_->stop(); }

 private:
  const std::unique_ptr<backend::Decoder> decoder_;
  std::atomic<int>& most_;
  std::atomic<int> callers_ = 0;
};

}  // namespace yolofleet::testing
