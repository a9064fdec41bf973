#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/measure.hpp"
#include "bench/report.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

BenchResult result(const std::string& asked, double per_second,
                   BenchPart part = BenchPart::kFleet) {
  BenchResult one;
  one.part = part;
  one.asked = asked;
  one.per_second = per_second;
  return one;
}

TEST(Bench, EachAloneThenMoreAndMoreTogether) {
  EXPECT_THAT(device_sets({"a"}), ElementsAre("a"));
  EXPECT_THAT(device_sets({"a", "b", "c"}), ElementsAre("a", "b", "c", "a,b", "a,b,c"));
}

TEST(Bench, TogetherIsComparedWithTheSumOfEachAlone) {
  std::vector<BenchResult> results{result("a", 100), result("b", 50), result("c", 50),
                                   result("a,b", 120), result("a,b,c", 200)};
  compare(results);
  EXPECT_EQ(results[0].of_sum, 0);
  EXPECT_DOUBLE_EQ(results[3].of_sum, 0.8);
  EXPECT_DOUBLE_EQ(results[4].of_sum, 1.0);
  EXPECT_EQ(results[4].of_engine, 0) << "no engine was measured";
}

TEST(Bench, LanesAndFleetsAreComparedWithTheirEngines) {
  std::vector<BenchResult> results{
      result("a", 100, BenchPart::kEngine), result("b", 100, BenchPart::kEngine),
      result("a", 90, BenchPart::kLane), result("a", 80), result("a,b", 150)};
  compare(results);
  EXPECT_EQ(results[0].of_engine, 0);
  EXPECT_DOUBLE_EQ(results[2].of_engine, 0.9);
  EXPECT_DOUBLE_EQ(results[3].of_engine, 0.8);
  EXPECT_DOUBLE_EQ(results[4].of_engine, 0.75);
  EXPECT_EQ(results[4].of_sum, 0) << "b alone wasn't measured";
}

TEST(Bench, OnlyTheSameBatchAndSlotsAreCompared) {
  std::vector<BenchResult> results{result("a", 100, BenchPart::kEngine), result("a", 90),
                                   result("a", 80)};
  results[0].batch = results[2].batch = 8;
  compare(results);
  EXPECT_EQ(results[1].of_engine, 0);
  EXPECT_DOUBLE_EQ(results[2].of_engine, 0.8);
  results[2].slots = 3;
  compare(results);
  EXPECT_EQ(results[2].of_engine, 0);
}

TEST(Bench, OnlyTheSamePixelsAreCompared) {
  std::vector<BenchResult> results{result("a", 100, BenchPart::kEngine),
                                   result("a", 60),
                                   result("b", 60),
                                   result("a,b", 90),
                                   result("a", 80),
                                   result("b", 80),
                                   result("a,b", 120)};
  for (std::size_t i = 1; i < results.size(); ++i) {
    results[i].pixels = i <= 3 ? BenchPixels::kRgb : BenchPixels::kPlanes;
  }
  compare(results);
  EXPECT_DOUBLE_EQ(results[3].of_sum, 0.75);
  EXPECT_DOUBLE_EQ(results[6].of_sum, 0.75);
  EXPECT_DOUBLE_EQ(results[4].of_engine, 0.8) << "the engine gets no pixels";
}

TEST(Bench, TheBytesOfAPictureAreTheMeanOfTheDevicesWithABus) {
  BenchResult one = result("cuda:0,cuda:1,cpu", 10);
  EXPECT_EQ(uploaded_bytes(one), 0);
  one.report.devices.resize(3);
  one.report.devices[0].pictures = 10;
  one.report.devices[0].uploaded_bytes = 1000;
  one.report.devices[1].pictures = 30;
  one.report.devices[1].uploaded_bytes = 5000;
  one.report.devices[2].pictures = 70;
  EXPECT_EQ(uploaded_bytes(one), 150);
  EXPECT_THAT(bench_table({one}), HasSubstr("        150   0.0"));
}

TEST(Bench, TheMedianOfTheRoundsCounts) {
  EXPECT_EQ(median_of({result("", 3), result("", 1), result("", 2)}).per_second, 2);
  EXPECT_EQ(median_of({result("", 3), result("", 1)}).per_second, 3);
}

TEST(Bench, ALineTellsOfOneMeasurement) {
  BenchResult one = result("cuda:0,cpu", 1234.52);
  EXPECT_EQ(bench_line(one), "fleet of cuda:0,cpu, batch auto, slots auto: 1234.5 pictures/s");
  one.batch = 32;
  one.slots = 3;
  EXPECT_EQ(bench_line(one), "fleet of cuda:0,cpu, batch 32, slots 3: 1234.5 pictures/s");
  one.pixels = BenchPixels::kPlanes;
  EXPECT_EQ(bench_line(one), "fleet of cuda:0,cpu, batch 32, slots 3, planes: 1234.5 pictures/s");
}

TEST(Bench, TheTableHasALineForEach) {
  std::vector<BenchResult> results{result("a", 10.04), result("b", 10), result("a,b", 20)};
  results[0].batch = results[1].batch = results[2].batch = 32;
  results[2].report.seconds = 2;
  results[2].report.devices.resize(2);
  results[2].report.devices[0].mean_batch = 31.5;
  results[2].report.devices[0].busy_seconds = 1;
  results.push_back(result("a", 12, BenchPart::kEngine));
  results[3].slots = 5;
  results[3].report.devices.resize(1);
  results[3].report.devices[0].mean_batch = 16;
  compare(results);
  const std::string table = bench_table(results);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 5);
  EXPECT_THAT(table,
              HasSubstr("fleet   a                                32   auto       -         10.0"));
  EXPECT_THAT(
      table,
      HasSubstr(
          "32   auto       -         20.0    0.998                         31.5, 50 %; 0.0, 0 %"));
  EXPECT_THAT(table,
              HasSubstr("engine  a                              auto      5       -         12.0"));
  EXPECT_THAT(table, HasSubstr("  16.0\n"));
}

TEST(Bench, JsonHasStagesAndWhatABatchTakesOfTheHost) {
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / "bench.cfg";
  std::ofstream(file) << "[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=18\n"
                         "size=1\nactivation=linear\n[yolo]\nmask=0,1,2\n"
                         "anchors=1,1,2,2,3,3\nclasses=1\nnum=3\n";
  const Model model = Model::load_architecture(file).value();
  std::vector<BenchResult> results{result("a", 10, BenchPart::kLane)};
  DeviceReport& device = results[0].report.devices.emplace_back();
  device.batches = 4;
  device.stages = {{"host", 0.002}, {"network", 1}};
  auto json = nlohmann::json::parse(bench_json(results, model, {}, {}));
  EXPECT_EQ(json["runs"][0]["what"], "lane");
  EXPECT_TRUE(json["runs"][0]["of_sum"].is_null());
  EXPECT_EQ(json["runs"][0]["each"][0]["stages"]["network"], 1);
  EXPECT_EQ(json["runs"][0]["each"][0]["host_microseconds_a_batch"], 500);
  device.stages = {{"network", 1}};
  json = nlohmann::json::parse(bench_json(results, model, {}, {}));
  EXPECT_TRUE(json["runs"][0]["each"][0]["host_microseconds_a_batch"].is_null());
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
