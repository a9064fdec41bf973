#include "backend/tensorrt/logger.hpp"

#include <gtest/gtest.h>

namespace yolofleet::backend::tensorrt {
namespace {

TEST(Logger, RecognisesThatMemoryRanOut) {
  EXPECT_EQ(code_of("1: [allocator] Error Code 1: Cuda Runtime (out of memory)"),
            ErrorCode::kTooLarge);
  EXPECT_EQ(code_of("2: [executionContext] Error Code 2: OutOfMemory (no further information)"),
            ErrorCode::kTooLarge);
  EXPECT_EQ(code_of("no reason given"), ErrorCode::kDevice);
}

TEST(Logger, KeepsErrorsUntilTheyAreTaken) {
  Logger logger;
  EXPECT_EQ(logger.take_errors(), "no reason given");
  logger.log(nvinfer1::ILogger::Severity::kWARNING, "not of interest");
  logger.log(nvinfer1::ILogger::Severity::kERROR, "first");
  logger.log(nvinfer1::ILogger::Severity::kINTERNAL_ERROR, "second");
  EXPECT_EQ(logger.take_errors(), "first; second");
  EXPECT_EQ(logger.take_errors(), "no reason given");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
