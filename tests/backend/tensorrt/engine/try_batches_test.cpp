#include "backend/tensorrt/engine/try_batches.hpp"

#include <gmock/gmock.h>

#include <map>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// Tries from a batch of 16 on; makes the batch itself where at most `most` fit.
class TryBatches : public ::testing::Test {
 protected:
  Result<int> run(int most, bool may_shrink) {
    return try_batches("cuda:1", 16, may_shrink, warnings_, [&](int batch) -> Attempt<int> {
      tried_.push_back(batch);
      if (const auto found = errors_.find(batch); found != errors_.end()) {
        throw cuda::CudaError{found->second, "test", 1};
      }
      if (batch > most) {
        return {tl::unexpected(Error{ErrorCode::kTooLarge, "no room"}), batch / 4};
      }
      return {batch, 0};
    });
  }

  std::map<int, cudaError_t> errors_;  ///< by batch
  std::vector<int> tried_;
  std::vector<std::string> warnings_;
};

TEST_F(TryBatches, TheFirstThatFitsIsTaken) {
  EXPECT_EQ(run(16, true).value(), 16);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(TryBatches, SmallerOnesAsTheAttemptSays) {
  EXPECT_EQ(run(1, true).value(), 1);
  EXPECT_THAT(tried_, ElementsAre(16, 4, 1));
  EXPECT_THAT(warnings_, ElementsAre("no room; trying batches of up to 4",
                                     "no room; trying batches of up to 1"));
}

TEST_F(TryBatches, NoneBelowOne) {
  const auto none = run(0, true);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(tried_, ElementsAre(16, 4, 1));
}

TEST_F(TryBatches, ABatchThatWasAskedForStays) {
  const auto refused = run(8, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no room");
  EXPECT_THAT(tried_, ElementsAre(16));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(TryBatches, HalfWhereAnAllocationFails) {
  errors_ = {{16, cudaErrorMemoryAllocation}};
  EXPECT_EQ(run(8, true).value(), 8);
  EXPECT_THAT(warnings_, ElementsAre(StartsWith("cuda:1: out of memory")));
}

TEST_F(TryBatches, ABrokenDeviceIsNoReasonForAnother) {
  errors_ = {{16, cudaErrorIllegalAddress}};
  const auto broken = run(16, true);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kDevice);
  EXPECT_THAT(tried_, ElementsAre(16));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
