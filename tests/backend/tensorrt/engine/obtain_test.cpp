#include "backend/tensorrt/engine/obtain.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;

graph::Network network(int filters = 3) {
  graph::Convolution convolution;
  convolution.filters = filters;
  graph::Layer layer;
  layer.operation = convolution;
  return {"net", {3, 32, 32}, false, {layer}};
}

CudaDevice device() {
  return {0, "A card", "GPU-0", 9, 0, 132, 80'000'000'000};
}

std::string key(const EngineOptions& options, const CudaDevice& of = device(),
                const std::string& version = "8.6.0") {
  const graph::Network net = network();
  return engine_key({net, of, options}, version).text;
}

TEST(EngineKey, ChangesWithEverythingAnEngineDependsOn) {
  const EngineOptions usual;
  std::set<std::string> keys{key(usual)};
  const auto with = [&](auto change) {
    EngineOptions options;
    change(options);
    keys.insert(key(options));
  };
  with([](EngineOptions& o) { o.half = false; });
  with([](EngineOptions& o) { o.half = false, o.tf32 = true; });
  with([](EngineOptions& o) { o.mish = MishKind::kNative; });
  with([](EngineOptions& o) { o.max_batch = 2; });
  with([](EngineOptions& o) { o.max_detections = 2; });
  with([](EngineOptions& o) { o.raw_heads = true; });
  with([](EngineOptions& o) { o.optimization_level = 5; });
  CudaDevice other = device();
  other.name = "Another card";
  keys.insert(key(usual, other));
  other = device();
  other.minor = 1;
  keys.insert(key(usual, other));
  other = device();
  other.multiprocessors = 114;
  keys.insert(key(usual, other));
  keys.insert(key(usual, device(), "8.6.1"));
  const graph::Network four = network(4);
  const CudaDevice card = device();
  keys.insert(engine_key({four, card, usual}, "8.6.0").text);
  EXPECT_EQ(keys.size(), 13U);
}

TEST(EngineKey, IsTheSameForCardsOfOneKind) {
  CudaDevice second = device();
  second.index = 1;
  second.uuid = "GPU-1";
  EXPECT_EQ(key({}), key({}, second));
}

TEST(EngineKey, SaysWhichBuilderItIsOf) {
  EXPECT_THAT(key({}), HasSubstr(fmt::format("\nbuilder {}\n", kBuilderRevision)));
}

TEST(KeepBuilt, SaysWhyTheEngineIsntKeptWhateverElseFails) {
  const std::filesystem::path folder =
      std::filesystem::path{::testing::TempDir()} / "keep_built_cache";
  std::filesystem::remove_all(folder);
  const std::vector<std::byte> bytes(10);
  const EngineKey kept{"net", "key\n"};
  PlanReport well;
  keep_built(EngineCache{folder}, kept, bytes, bytes, well);
  EXPECT_EQ(well.file, folder / kept.file_name());
  EXPECT_EQ(well.not_kept, "");
  EXPECT_TRUE(well.warnings.empty());

  // A folder of the engine's name is never replaced, nor one of the timings'.
  std::filesystem::path timing = folder / kept.file_name();
  timing.replace_extension(".timing");
  for (const std::filesystem::path& file : {folder / kept.file_name(), timing}) {
    std::filesystem::remove(file);
    std::filesystem::create_directories(file);
  }
  PlanReport report;
  keep_built(EngineCache{folder}, kept, bytes, bytes, report);
  EXPECT_TRUE(report.file.empty());
  ASSERT_EQ(report.warnings.size(), 2U);
  EXPECT_EQ(report.not_kept, report.warnings[0]);
  EXPECT_EQ(report.not_kept, (folder / kept.file_name()).string() +
                                 ": can't be written: Is a directory; the engine isn't kept");
  EXPECT_EQ(report.warnings[1],
            timing.string() + ": can't be written: Is a directory; the next build takes as long");
}

TEST(Version, IsReadFromBothWaysOfCounting) {
  EXPECT_EQ(version_of(8600).major, 8);
  EXPECT_EQ(version_of(8600).minor, 6);
  EXPECT_EQ(version_of(8601).patch, 1);
  EXPECT_EQ(version_of(101401).major, 10);
  EXPECT_EQ(version_of(101401).minor, 14);
  EXPECT_EQ(version_of(101401).patch, 1);
  EXPECT_EQ(version_of(110100).major, 11);
}

TEST(Library, OneThatIsntThereIsNamed) {
  const auto library = Library::load();
  if (library) {
    EXPECT_EQ((*library)->version().substr(0, 1), std::to_string(kMajor).substr(0, 1));
  } else {
    EXPECT_THAT(library.error().message, HasSubstr("TensorRT " + std::to_string(kMajor)));
    EXPECT_THAT(library.error().message, HasSubstr("libnvinfer.so." + std::to_string(kMajor)));
  }
}

TEST(Library, OneOfAnotherMajorVersionIsRefused) {
  const auto library = Library::open(YOLOFLEET_FAKE_NVINFER);
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::kMismatch);
  EXPECT_EQ(library.error().message,
            fmt::format("{}: is TensorRT 99.1.2; this program was compiled for version {}",
                        YOLOFLEET_FAKE_NVINFER, kMajor));
}

TEST(Library, OneThatIsAnotherLibraryIsRefused) {
  const auto library = Library::open("libm.so.6");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::kDevice);
  EXPECT_EQ(library.error().message,
            "libm.so.6: is no TensorRT library (an entry point is missing)");
}

TEST(CudaDevices, EachReasonForHavingNoneHasItsWords) {
  const auto expect = [](cudaError_t code, int driver, ErrorCode kind, const char* words) {
    const Error error = why_no_devices(code, driver);
    EXPECT_EQ(error.code, kind) << words;
    EXPECT_THAT(error.message, HasSubstr(words));
  };
  expect(cudaErrorInsufficientDriver, 0, ErrorCode::kNotFound, "no NVIDIA driver is installed");
  expect(cudaErrorInsufficientDriver, 11080, ErrorCode::kMismatch,
         "the NVIDIA driver is for CUDA 11.8; this program needs ");
  expect(cudaErrorNoDevice, 13000, ErrorCode::kNotFound, "the NVIDIA driver shows no GPU: ");
  expect(cudaErrorSystemDriverMismatch, 13000, ErrorCode::kDevice,
         "the NVIDIA driver's GPUs don't work: ");
}

TEST(CudaDevices, CodeRunsWhereItsArchitectureSays) {
  EXPECT_TRUE(runs_on("90-real", 9, 0));
  EXPECT_FALSE(runs_on("90-real", 8, 9));
  EXPECT_FALSE(runs_on("90-real", 10, 0)) << "machine code is for one major version";
  EXPECT_TRUE(runs_on("80-real", 8, 6));
  EXPECT_FALSE(runs_on("86-real", 8, 0));
  EXPECT_TRUE(runs_on("75-virtual", 12, 0)) << "PTX is compiled by the driver";
  EXPECT_FALSE(runs_on("120-virtual", 9, 0));
  EXPECT_TRUE(runs_on("80", 8, 0));
  EXPECT_TRUE(runs_on("80", 12, 1));
  const char* const release = "75-real,80-real,86-real,89-real,90-real,100-real,120";
  for (const auto& [major, minor] : {std::pair{7, 5},
                                     {8, 0},
                                     {8, 6},
                                     {8, 7},
                                     {8, 9},
                                     {9, 0},
                                     {10, 3},
                                     {12, 0},
                                     {12, 1},
                                     {13, 0}}) {
    EXPECT_TRUE(runs_on(release, major, minor)) << major << '.' << minor;
  }
  EXPECT_FALSE(runs_on(release, 7, 0));
  EXPECT_FALSE(runs_on(release, 6, 1));
  EXPECT_TRUE(runs_on("native", 7, 0));
}

TEST(CudaDevices, OneWithoutCodeIsToldSo) {
  EXPECT_THAT(why_no_code({0, "Old", "GPU-0", 3, 0, 8, 0}),
              HasSubstr("no code for compute capability 3.0; it was built for "));
}

TEST(CudaDevices, AreListedOrItIsSaidWhyNot) {
  const auto devices = list_cuda_devices();
  if (devices) {
    EXPECT_FALSE(devices->empty());
  } else {
    EXPECT_THAT(devices.error().message, HasSubstr("NVIDIA"));
  }
}

TEST(Logger, KnowsThatMemoryRanOut) {
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
