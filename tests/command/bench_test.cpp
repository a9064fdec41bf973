#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_run.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

DeviceInfo device(const std::string& id, const std::string& unavailable = "") {
  DeviceInfo info;
  info.id = id;
  info.unavailable = unavailable;
  return info;
}

BenchResult result(const std::string& asked, double per_second) {
  BenchResult one;
  one.asked = asked;
  one.per_second = per_second;
  return one;
}

TEST(Bench, AutoAndAllAreNamed) {
  const std::vector<DeviceInfo> present{device("cuda:0"), device("cuda:1", "no TensorRT"),
                                        device("cuda:2"), device("cpu")};
  EXPECT_THAT(named_devices("auto", present), ElementsAre("cuda:0", "cuda:2"));
  EXPECT_THAT(named_devices("all", present), ElementsAre("cuda:0", "cuda:2", "cpu"));
  EXPECT_THAT(named_devices("auto", {device("cuda:0", "broken"), device("cpu")}),
              ElementsAre("cpu"));
  EXPECT_THAT(named_devices("cuda:1,cpu:2", present), ElementsAre("cuda:1", "cpu:2"));
  EXPECT_THAT(named_devices("a,", present), ElementsAre("a", "")) << "the library refuses it";
}

TEST(Bench, EachAloneThenMoreAndMoreTogether) {
  EXPECT_THAT(device_sets({"a"}), ElementsAre("a"));
  EXPECT_THAT(device_sets({"a", "b", "c"}), ElementsAre("a", "b", "c", "a,b", "a,b,c"));
}

TEST(Bench, TogetherIsComparedWithTheSumOfEachAlone) {
  std::vector<BenchResult> results{result("a", 100), result("b", 50), result("c", 50),
                                   result("a,b", 120), result("a,b,c", 200)};
  compare_with_sum(results, 3);
  EXPECT_EQ(results[0].of_sum, 0);
  EXPECT_DOUBLE_EQ(results[3].of_sum, 0.8);
  EXPECT_DOUBLE_EQ(results[4].of_sum, 1.0);
}

TEST(Bench, TheMedianOfTheRoundsCounts) {
  EXPECT_EQ(median_of({result("", 3), result("", 1), result("", 2)}).per_second, 2);
  EXPECT_EQ(median_of({result("", 3), result("", 1)}).per_second, 3);
}

TEST(Bench, TheTableHasALineForEach) {
  std::vector<BenchResult> results{result("a", 10.04), result("b", 10), result("a,b", 20)};
  results[2].batch = 32;
  results[2].report.seconds = 2;
  results[2].report.devices.resize(2);
  results[2].report.devices[0].mean_batch = 31.5;
  results[2].report.devices[0].busy_seconds = 1;
  compare_with_sum(results, 2);
  const std::string table = bench_table(results);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4);
  EXPECT_THAT(table, HasSubstr("a                              auto         10.0"));
  EXPECT_THAT(table, HasSubstr("32         20.0    0.998   31.5, 50 %; 0.0, 0 %"));
}

TEST(Bench, TellsTheWarningsOfAllSetsOnce) {
  std::vector<BenchResult> results{result("cuda:0", 1), result("cuda:0,cuda:1,cpu", 2)};
  results[0].warnings = {"the engine isn't kept"};
  results[1].warnings = {"the engine isn't kept", "cpu isn't used: it finds something else"};
  EXPECT_THAT(warnings_of(results),
              ElementsAre("the engine isn't kept", "cpu isn't used: it finds something else"));
}

}  // namespace
}  // namespace yolofleet::command
