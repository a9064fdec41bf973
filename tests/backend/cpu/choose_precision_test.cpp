#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backend/cpu/cpu_lane.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

using ::testing::HasSubstr;

class FakeModule final : public Module {
 public:
  explicit FakeModule(bool bf16) : bf16_(bf16) {}
  std::string runtime() const override { return "fake"; }
  std::string cpu_name() const override { return "Old CPU"; }
  bool has_bf16() const override { return bf16_; }
  Result<std::unique_ptr<Executor>> compile(const graph::Network& /*network*/,
                                            const ExecutorOptions& /*options*/) override {
    return base::fail(ErrorCode::kDevice, "runs nothing");
  }

 private:
  bool bf16_;
};

TEST(ChoosePrecision, AutoIsTheFastestThatTheCpuHas) {
  EXPECT_EQ(choose_precision(Precision::kAuto, FakeModule(true)).value(), Precision::kBf16);
  EXPECT_EQ(choose_precision(Precision::kAuto, FakeModule(false)).value(), Precision::kFp32);
}

TEST(ChoosePrecision, WhatIsAskedForIsTaken) {
  EXPECT_EQ(choose_precision(Precision::kFp32, FakeModule(true)).value(), Precision::kFp32);
  EXPECT_EQ(choose_precision(Precision::kBf16, FakeModule(true)).value(), Precision::kBf16);
}

TEST(ChoosePrecision, Bf16WithoutTheHardwareIsRefused) {
  const auto chosen = choose_precision(Precision::kBf16, FakeModule(false));
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(chosen.error().message, HasSubstr("this CPU (Old CPU) does not compute in bf16"));
}

}  // namespace
}  // namespace yolofleet::backend::cpu
