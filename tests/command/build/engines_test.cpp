#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "build/build.hpp"
#include "cache/cache.hpp"
#include "devices/devices.hpp"
#include "shared/build_lines.hpp"

namespace yolofleet::command {
namespace {

ListedDevice card() {
  DeviceInfo info;
  info.id = "cuda:0";
  info.name = "A card";
  info.runtime = "TensorRT 8.6.0";
  info.uuid = "GPU-0123";
  info.precisions = {Precision::kFp32, Precision::kTf32, Precision::kFp16};
  info.compute_capability = "9.0";
  info.memory = std::uint64_t{79} << 30U;
  info.kind = "A card (9.0, 132 multiprocessors)";
  info.decodes_videos = true;
  return {info, 2};
}

TEST(DeviceLines, TellAllOfAGpu) {
  EXPECT_EQ(device_lines({card()}),
            "cuda:0: A card, 79.0 GiB, compute capability 9.0, GPU-0123; TensorRT 8.6.0, fp32, "
            "tf32 and fp16; 2 engines in the cache\n");
}

TEST(DeviceLines, NamePrecisionsAndOneEngine) {
  ListedDevice older = card();
  older.info.precisions = {Precision::kFp32, Precision::kFp16};
  older.engines = 1;
  EXPECT_THAT(device_lines({older}),
              ::testing::EndsWith("; TensorRT 8.6.0, fp32 and fp16; 1 engine in the cache\n"));
}

TEST(DeviceLines, TellWhyADeviceCantBeUsed) {
  ListedDevice broken = card();
  broken.info.unavailable = "no\nlibrary";
  ListedDevice cpu;
  cpu.info.id = "cpu";
  cpu.info.name = "A CPU";
  cpu.info.runtime = "OpenVINO 1";
  cpu.info.precisions = {Precision::kFp32};
  EXPECT_EQ(device_lines({broken, cpu}),
            "cuda:0: A card, 79.0 GiB, compute capability 9.0, GPU-0123; can't be used: "
            "no?library\ncpu: A CPU; OpenVINO 1, fp32\n");
}

constexpr const char* kCardJson = R"json({"id": "cuda:0", "name": "A card",
    "runtime": "TensorRT 8.6.0", "precisions": ["fp32", "tf32", "fp16"],
    "unavailable": "", "uuid": "GPU-0123", "memory": 84825604096, "compute_capability": "9.0",
    "kind": "A card (9.0, 132 multiprocessors)", "decodes_videos": true, "engines": 2})json";

TEST(DeviceJson, HasEveryField) {
  ListedDevice cpu;
  cpu.info.id = "cpu";
  cpu.info.precisions = {Precision::kFp32, Precision::kBf16};
  const auto json = nlohmann::json::parse(device_json({card(), cpu}));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0], nlohmann::json::parse(kCardJson));
  EXPECT_EQ(json[1]["precisions"], nlohmann::json::parse(R"(["fp32", "bf16"])"));
  EXPECT_FALSE(json[1].contains("engines"));
}

CachedEngine engine() {
  CachedEngine engine;
  engine.file = "folder/net-01.engine";
  engine.bytes = 132'400'000;
  engine.model = "net";
  engine.device_kind = "A card (9.0, 132 multiprocessors)";
  engine.tensorrt = "8.6.0";
  engine.yolofleet = "0.1.0";
  engine.precision = "fp16";
  engine.mish = "native";
  engine.batch = 16;
  engine.max_detections = 300;
  engine.build_level = 3;
  return engine;
}

TEST(EngineLines, TellWhatAnEngineIsForOrWhatIsWrongWithIt) {
  CachedEngine foreign;
  foreign.file = "folder/x\ny.engine";
  foreign.bytes = 600'000;
  foreign.problem = "isn't a yolofleet engine file";
  EXPECT_EQ(engine_lines({engine(), foreign}, "folder"),
            "folder/net-01.engine (132.4 MB)\n"
            "  net: fp16, batches of up to 16, 300 detections, native Mish, build level 3; A card "
            "(9.0, 132 multiprocessors); TensorRT 8.6.0, yolofleet 0.1.0\n"
            "folder/x?y.engine (0.6 MB)\n"
            "  can't be used: isn't a yolofleet engine file\n"
            "2 engines, 133.0 MB, in folder\n");
  CachedEngine raw = engine();
  raw.max_detections = 0;
  EXPECT_THAT(engine_lines({raw}, "folder"),
              ::testing::HasSubstr(" of up to 16, raw heads, native Mish"));
  EXPECT_EQ(engine_lines({}, "folder"), "0 engines, 0.0 MB, in folder\n");
}

constexpr const char* kEngineJson = R"json([{"file": "folder/net-01.engine", "bytes": 132400000,
    "problem": "", "model": "net", "device_kind": "A card (9.0, 132 multiprocessors)",
    "tensorrt": "8.6.0", "yolofleet": "0.1.0", "precision": "fp16", "mish": "native", "batch": 16,
    "max_detections": 300, "build_level": 3}])json";

TEST(EngineJson, HasEveryField) {
  const auto json = nlohmann::json::parse(engine_json({engine()}));
  EXPECT_EQ(json, nlohmann::json::parse(kEngineJson));
  EXPECT_EQ(engine_json({}), "[]\n");
}

TEST(BuildReport, TellsWhatWasDoneForADevice) {
  EngineReport report{"cuda:0", "net-01.engine", 132'400'000, true, 204.06};
  EXPECT_EQ(format_report(report), "cuda:0: built in 204.1 s, 132.4 MB, net-01.engine");
  report.built = false;
  EXPECT_EQ(format_report(report),
            "cuda:0: taken from the cache in 204.1 s, 132.4 MB, net-01.engine");
}

TEST(FormatBuilding, NamesEachDeviceAndItsTime) {
  std::map<std::string, BuildProgress> devices{{"cuda:0", {"cuda:0", 37}}};
  EXPECT_EQ(format_building(devices), "cuda:0: building the engine, 0:37; this takes minutes");
  devices["cuda:1"] = {"cuda:1", 62, true};
  EXPECT_EQ(format_building(devices),
            "cuda:0: building the engine, 0:37; cuda:1: waiting for another process to build it, "
            "1:02");
}

std::string said(bool shown) {
  ::testing::internal::CaptureStderr();
  BuildLines lines(shown);
  const OnBuild on_build = lines.on_build();
  on_build({"cuda:0", 0, true, false});
  on_build({"cuda:0", 1, true, false});
  on_build({"cuda:0", 2, true, true});
  on_build({"cuda:0", 0, false, false});
  on_build({"cuda:0", 1, false, false});
  on_build({"cuda:0", 83, false, true});
  return ::testing::internal::GetCapturedStderr();
}

TEST(BuildLines, AFileGetsALineAtEachBeginningAndEnd) {
  EXPECT_EQ(said(false),
            "yolofleet: cuda:0: waiting for another process to build it; this takes minutes\n"
            "yolofleet: cuda:0: waiting took 0:02\n"
            "yolofleet: cuda:0: building the engine; this takes minutes\n"
            "yolofleet: cuda:0: building the engine took 1:23\n");
}

TEST(BuildLines, AFailedBuildIsSaidToBeOne) {
  ::testing::internal::CaptureStderr();
  BuildLines lines(false);
  lines.show({"cuda:0", 5, false, true, true});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "yolofleet: cuda:0: building the engine failed after 0:05\n");
}

TEST(BuildLines, ATerminalGetsALineThatCounts) {
  const std::string text = said(true);
  EXPECT_THAT(text, ::testing::StartsWith("\rcuda:0: waiting for another process to build it, "
                                          "0:00; this takes minutes\x1B[K\rcuda:0: "));
  EXPECT_THAT(text, ::testing::HasSubstr("\rcuda:0: building the engine, 0:01; this takes "
                                         "minutes\x1B[K"));
  EXPECT_THAT(text,
              ::testing::EndsWith("\r\x1B[Kyolofleet: cuda:0: building the engine took 1:23\n"));
}

}  // namespace
}  // namespace yolofleet::command
