#include "backend/tensorrt/engine/shared.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace yolofleet::backend::tensorrt {
namespace {

SharedEngine engine(int number) {
  auto owner = std::make_shared<std::vector<std::byte>>(1, static_cast<std::byte>(number));
  return {owner, *owner};
}

int number_of(const Result<SharedEngine>& engine) {
  return engine ? std::to_integer<int>(engine->bytes.front()) : -1;
}

void never() {
  ADD_FAILURE() << "there is no other build to wait for";
}

TEST(SharedEngines, AreBuiltOnceForEachKey) {
  SharedEngines shared;
  int built = 0;
  const auto build = [&]() -> Result<SharedEngine> { return engine(++built); };
  EXPECT_EQ(number_of(shared.get("a", build, never)), 1);
  EXPECT_EQ(number_of(shared.get("a", build, never)), 1);
  EXPECT_EQ(number_of(shared.get("b", build, never)), 2);
  EXPECT_EQ(built, 2);
}

TEST(SharedEngines, LiveAsLongAsTheirLastUser) {
  SharedEngine one = engine(1);
  const std::weak_ptr<const void> watched = one.owner;
  auto shared = std::make_unique<SharedEngines>();
  auto got = shared->get(
      "a", [&]() -> Result<SharedEngine> { return std::move(one); }, never);
  one = {};
  got = engine(2);
  EXPECT_FALSE(watched.expired());
  shared.reset();
  EXPECT_TRUE(watched.expired());
}

/// Two threads: the second asks for the engine while the first builds it with `first`.
void two_at_once(const SharedEngines::Build& first, int expected_of_second, int expected_builds) {
  SharedEngines shared;
  std::atomic<int> builds{0};
  std::atomic<bool> building{false};
  std::atomic<bool> waiting{false};
  std::thread one([&] {
    try {
      static_cast<void>(shared.get(
          "a",
          [&] {
            ++builds;
            building = true;
            while (!waiting) {
              std::this_thread::yield();
            }
            return first();
          },
          never));
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "it broke");
    }
  });
  while (!building) {
    std::this_thread::yield();
  }
  const auto second = shared.get(
      "a",
      [&]() -> Result<SharedEngine> {
        ++builds;
        return engine(2);
      },
      [&] { waiting = true; });
  one.join();
  EXPECT_EQ(number_of(second), expected_of_second);
  EXPECT_EQ(builds, expected_builds);
}

TEST(SharedEngines, TheSecondWaitsForTheFirst) {
  two_at_once([]() -> Result<SharedEngine> { return engine(1); }, 1, 1);
}

TEST(SharedEngines, TheSecondBuildsIfTheFirstFails) {
  two_at_once(
      []() -> Result<SharedEngine> {
        return tl::unexpected(Error{ErrorCode::kDevice, "it broke"});
      },
      2, 2);
  two_at_once([]() -> Result<SharedEngine> { throw std::runtime_error("it broke"); }, 2, 2);
}

TEST(SharedEngines, GiveTheErrorOfTheBuild) {
  SharedEngines shared;
  const auto failed = shared.get(
      "a",
      []() -> Result<SharedEngine> {
        return tl::unexpected(Error{ErrorCode::kUnsupported, "no such layer"});
      },
      never);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no such layer");
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
