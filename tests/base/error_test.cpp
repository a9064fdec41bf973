#include "yolofleet/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/fail.hpp"

namespace yolofleet {
namespace {

TEST(ErrorCode, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  const int count = static_cast<int>(ErrorCode::kInternal) + 1;
  for (int code = 0; code < count; ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
}

TEST(ErrorCode, NamesAreStable) {
  EXPECT_EQ(to_string(ErrorCode::kTooLarge), "too_large");
  EXPECT_EQ(to_string(ErrorCode::kMalformed), "malformed");
}

TEST(Fail, FillsAnyResult) {
  const Result<int> failed = base::fail(ErrorCode::kNotFound, "{}: no such file", "a.cfg");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(failed.error().message, "a.cfg: no such file");
}

}  // namespace
}  // namespace yolofleet
