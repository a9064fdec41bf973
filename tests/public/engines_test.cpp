#include "yolofleet/engines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "public/square_model.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

ModelFiles files() {
  return testing::write_square_model(fs::path(::testing::TempDir()) / "for_engines");
}

template <typename Change>
Error refusal(Change change) {
  Options options;
  change(options);
  const auto built = build_engines(Model::load(files()).value(), options);
  return built ? Error{ErrorCode::kInternal, "built"} : built.error();
}

void expect(const Error& error, ErrorCode code, const std::string& message) {
  EXPECT_EQ(error.code, code) << error.message;
  EXPECT_THAT(error.message, HasSubstr(message));
}

TEST(BuildEngines, RefusesWhatItCantBuildFor) {
  expect(refusal([](Options& o) { o.devices = "cpu"; }), ErrorCode::kInvalidArgument,
         "devices are \"cpu\", but cpu needs no engine: engines are for GPUs");
  expect(refusal([](Options& o) { o.devices = "tpu"; }), ErrorCode::kNotFound,
         "no device \"tpu\" here");
  expect(refusal([](Options& o) { o.devices = "cuda:99"; }), ErrorCode::kNotFound, "cuda:99");
}

TEST(BuildEngines, ChecksItsOptionsFirst) {
  expect(refusal([](Options& o) { o.batch = -1; }), ErrorCode::kInvalidArgument,
         "batch is -1; 0 or more is allowed");
  expect(refusal([](Options& o) { o.build_level = 6; }), ErrorCode::kInvalidArgument,
         "build_level is 6; 0 to 5 is allowed");
  expect(refusal([](Options& o) { o.use_engine_cache = false; }), ErrorCode::kInvalidArgument,
         "use_engine_cache is false, but engines that are built ahead are kept");
  const auto bare = build_engines(Model::load_architecture(files().cfg).value());
  ASSERT_FALSE(bare);
  expect(bare.error(), ErrorCode::kInvalidArgument, "square: was loaded without its weights");
}

TEST(BuildEngines, WithoutAGpuItSaysWhyThereIsNone) {
  const std::string why = why_no_gpu();
  if (why.empty()) {
    return;  // there is a GPU: nothing to be said
  }
  for (const char* const devices : {"auto", "all"}) {
    expect(refusal([&](Options& o) { o.devices = devices; }), ErrorCode::kNotFound,
           "no GPU to build an engine for: " + why);
  }
  expect(refusal([](Options& o) { o.devices = "cuda:0"; }), ErrorCode::kNotFound,
         "cuda:0 can't be used: " + why);
}

TEST(EngineFolder, IsEmptyWhereThereIsNoneOrIsNotLookedAt) {
  const fs::path folder = fs::path(::testing::TempDir()) / "no_engines_here";
  const auto engines = list_engines(folder);
  const auto removed = clear_engines(folder);
  if (engines) {
    EXPECT_TRUE(engines->empty());
    EXPECT_EQ(removed.value(), 0);
    EXPECT_FALSE(default_engine_folder().value().empty());
    return;
  }
  for (const Error& error : {engines.error(), removed.error(), default_engine_folder().error()}) {
    expect(error, ErrorCode::kNotFound, "this program was built without its GPU back end");
  }
}

TEST(Fits, OnlyAnEngineForTheKindByThisProgramAndItsTensorrt) {
  DeviceInfo device;
  device.kind = "A card (9.0, 132 multiprocessors)";
  device.runtime = "TensorRT 8.6.0";
  CachedEngine engine;
  engine.device_kind = device.kind;
  engine.tensorrt = "8.6.0";
  engine.yolofleet = version();
  EXPECT_TRUE(fits(engine, device));

  const auto fits_with = [&](auto change) {
    CachedEngine other = engine;
    change(other);
    return fits(other, device);
  };
  EXPECT_FALSE(fits_with([](CachedEngine& e) { e.problem = "damaged"; }));
  EXPECT_FALSE(fits_with([](CachedEngine& e) { e.device_kind = "Another"; }));
  EXPECT_FALSE(fits_with([](CachedEngine& e) { e.tensorrt = "8.6.1"; }));
  EXPECT_FALSE(fits_with([](CachedEngine& e) { e.yolofleet = "0.0.0"; }));
  EXPECT_FALSE(fits(CachedEngine{}, DeviceInfo{})) << "a CPU has no kind";
}

}  // namespace
}  // namespace yolofleet
