#include "backend/tensorrt/logger.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace yolofleet::backend::tensorrt {
namespace {

TEST(Logger, RecognisesThatMemoryRanOut) {
  EXPECT_EQ(code_of("1: [allocator] Error Code 1: Cuda Runtime (out of memory)"),
            ErrorCode::kTooLarge);
  EXPECT_EQ(code_of("2: [executionContext] Error Code 2: OutOfMemory (no further information)"),
            ErrorCode::kTooLarge);
  EXPECT_EQ(code_of("no reason given"), ErrorCode::kDevice);
}

TEST(Logger, KeepsTheErrorsOfThisThreadUntilTheyAreTaken) {
  using Severity = nvinfer1::ILogger::Severity;
  EXPECT_EQ(take_errors(), "no reason given");
  logger().log(Severity::kWARNING, "not of interest");
  logger().log(Severity::kERROR, "first");
  std::thread([] {
    logger().log(Severity::kERROR, "of another thread");
    EXPECT_EQ(take_errors(), "of another thread");
  }).join();
  logger().log(Severity::kINTERNAL_ERROR, "second");
  EXPECT_EQ(take_errors(), "first; second");
  EXPECT_EQ(take_errors(), "no reason given");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
