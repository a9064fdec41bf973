#include "backend/openvino/reason.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace yolofleet::backend::openvino {
namespace {

std::string reason(const char* what) {
  return reason_of(std::runtime_error(what));
}

TEST(OpenVinoReason, IsOneLineWithoutItsWayThroughOpenVino) {
  EXPECT_EQ(reason("Exception from src/a.cpp:117:\nException from src/b.cpp:54:\n"
                   "Check 'ptr' failed at src/memory.cpp:257:\nFailed to allocate 5 bytes\n\n"),
            "Check 'ptr' failed at src/memory.cpp:257: Failed to allocate 5 bytes");
  EXPECT_EQ(reason("first\nsecond"), "first; second");
}

TEST(OpenVinoReason, IsNeverEmpty) {
  EXPECT_EQ(reason("Exception from src/a.cpp:1:"), "Exception from src/a.cpp:1:");
}

}  // namespace
}  // namespace yolofleet::backend::openvino
