// The engine cache with TensorRT's engines: a damaged or foreign one is built anew with a warning,
// and no engine is built twice.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "backend/tensorrt/engine/obtain.hpp"
#include "gpu/devices.hpp"
#include "gpu/engine.hpp"
#include "public/square_model.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::value_of;

class CachedEngines : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) {
      return;
    }
    folder_ = fs::path{::testing::TempDir()} /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    testing::write_square_model(folder_ / "model");
    model_ = value_of(Model::load(folder_ / "model"));
    card_ = value_of(list_cuda_devices()).at(static_cast<std::size_t>(device()));
    cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  }

  EngineCache cache() const { return EngineCache{folder_ / "cache"}; }
  EngineOrder order() const { return {model_->network(), card_, options_}; }
  EngineKey key() const { return engine_key(order(), library().version()); }
  static const Library& library() { return *value_of(Library::load()); }

  /// Obtains a plan that works.
  PlanReport obtain() const {
    PlanReport report;
    const EngineCache folder = cache();
    const auto plan = value_of(obtain_plan(library(), order(), &folder, report));
    testing::EngineRun run{*plan, 1};
    run.put(kThresholds, std::vector{0.25F, 0.45F});
    run.put(kMappings, std::vector{1.0F, 1.0F, 0.0F, 0.0F, 64.0F, 64.0F});
    run.put(kInput,
            std::vector<float>(std::size_t{3} * 64 * 64, 1.0F));  // white: an object in every cell
    run.run();
    EXPECT_EQ(run.get<int>(kNumbers), std::vector{16});
    return report;
  }

  /// Expects a warning with the file and `why`, a new build, and no warning afterwards.
  void expect_rebuilt(const std::string& why) const {
    const PlanReport report = obtain();
    EXPECT_TRUE(report.built);
    EXPECT_THAT(report.warnings,
                ElementsAre(AllOf(HasSubstr((cache().folder() / key().file_name()).string()),
                                  HasSubstr(why), HasSubstr("; the engine is built anew"))));
    const PlanReport again = obtain();
    EXPECT_FALSE(again.built);
    EXPECT_THAT(again.warnings, IsEmpty());
  }

  fs::path folder_;
  std::optional<Model> model_;
  CudaDevice card_;
  const EngineOptions options_ = testing::quick_engine_options();
};

TEST_F(CachedEngines, ADamagedOneIsBuiltAnew) {
  EXPECT_TRUE(obtain().built);
  EXPECT_FALSE(obtain().built);
  const fs::path file = cache().folder() / key().file_name();
  const auto bytes = fs::file_size(file);
  fs::resize_file(file, bytes / 2);
  expect_rebuilt("bytes after the header");
  {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(static_cast<std::streamoff>(bytes / 2));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(bytes / 2));
    stream.put(static_cast<char>(byte ^ 0x10));
  }
  expect_rebuilt("its checksum doesn't match");
}

TEST_F(CachedEngines, OneThatTensorRtRefusesIsBuiltAnew) {
  const std::vector<std::byte> no_engine(100'000, std::byte{0x5A});
  ASSERT_TRUE(cache().store(key(), no_engine));
  expect_rebuilt("TensorRT can't load the engine");
}

TEST_F(CachedEngines, OneOfAnotherTensorRtIsLeftAlone) {
  const EngineKey other = engine_key(order(), library().version() + "1");
  const std::vector<std::byte> no_engine(100'000, std::byte{0x5A});
  ASSERT_TRUE(cache().store(other, no_engine));
  const PlanReport report = obtain();
  EXPECT_TRUE(report.built);
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_EQ(cache().load(other), no_engine);
  // Under this engine's name it is recognised as foreign.
  fs::rename(cache().folder() / other.file_name(), cache().folder() / key().file_name());
  expect_rebuilt("was made for another model, device or options");
}

TEST_F(CachedEngines, ThreadsThatWantTheSameBuildItOnce) {
  std::atomic<int> built{0};
  std::atomic<int> failed{0};
  constexpr std::size_t kThreads = 3;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      try {
        const PlanReport report = obtain();
        built += report.built;
        failed += !report.warnings.empty();
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(built, 1);
  EXPECT_EQ(failed, 0);
}

TEST_F(CachedEngines, ProcessesThatWantTheSameBuildItOnce) {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "obtain_engine";
  const std::string command =
      fmt::format("'{}' '{}' '{}' {} 2>&1", program.string(), (folder_ / "model").string(),
                  cache().folder().string(), device());
  std::array<std::FILE*, 2> processes{};
  for (std::FILE*& process : processes) {
    process = popen(command.c_str(), "r");
    ASSERT_NE(process, nullptr);
  }
  int built = 0;
  for (std::FILE* const process : processes) {
    std::string output;
    std::array<char, 4096> some{};
    for (std::size_t count = 1; count > 0;) {
      count = std::fread(some.data(), 1, some.size(), process);
      output.append(some.data(), count);
    }
    EXPECT_EQ(pclose(process), 0) << output;
    EXPECT_THAT(output, AnyOf("it was built\n", "it was there\n"));
    built += output == "it was built\n";
  }
  EXPECT_EQ(built, 1);
  const PlanReport report = obtain();  // for the same key as the program's
  EXPECT_FALSE(report.built);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
