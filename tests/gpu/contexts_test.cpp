// Several contexts of one engine at once: its plugins share no mutable state.

#include <atomic>
#include <iostream>
#include <numeric>
#include <thread>

#include "backend/every_layer_model.hpp"
#include "gpu/devices.hpp"
#include "gpu/engine.hpp"
#include "ops/nms_cuda.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::EngineRun;

constexpr int kContextBatch = 3;

/// A run with an input of its own, for thread `number`.
std::unique_ptr<EngineRun> run_of(Plan& plan, graph::Shape input, unsigned number) {
  auto run = std::make_unique<EngineRun>(plan, kContextBatch);
  run->put(kInput, testing::random_input(input, kContextBatch, number));
  run->put(kThresholds, std::vector{0.3F, 0.45F});
  run->put(kMappings, testing::stretched_mappings(kContextBatch, 640, 480));
  return run;
}

class Contexts : public testing::GpuTest {};

TEST_F(Contexts, OfOneEngineRunAtOnceAndGiveTheSameBits) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const Model model =
      Model::load(
          write_every_layer_model(std::filesystem::path{::testing::TempDir()} / "every-layer-gpu"))
          .value();
  EngineOptions options = testing::quick_engine_options();
  options.max_batch = kContextBatch;
  const auto plan = testing::quick_plan(device(), model.network(), options);
  constexpr std::size_t kThreads = 4;
  constexpr int kRuns = 200;
  std::vector<std::unique_ptr<EngineRun>> runs;
  std::vector<std::vector<std::byte>> alone;
  for (unsigned number = 0; number < kThreads; ++number) {
    runs.push_back(run_of(*plan, model.network().input(), number));
    runs.back()->run();
    alone.push_back(runs.back()->detection_bytes());
    const auto numbers = runs.back()->get<int>(kNumbers);
    const auto candidates = runs.back()->get<int>(kCandidateNumbers);
    std::cout << "context " << number << ": " << numbers[0] << ", " << numbers[1] << " and "
              << numbers[2] << " detections of " << candidates[0] << ", " << candidates[1]
              << " and " << candidates[2] << " candidates\n";
    ASSERT_GT(std::accumulate(numbers.begin(), numbers.end(), 0), 0);
    ASSERT_TRUE(number == 0 || alone.back() != alone.front()) << "they must be told apart";
  }
  std::atomic<int> waiting{0};
  std::atomic<int> different{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      ++waiting;
      while (waiting < static_cast<int>(kThreads)) {
        std::this_thread::yield();
      }
      try {
        for (int i = 0; i < kRuns; ++i) {
          runs[number]->run();
          different += runs[number]->detection_bytes() != alone[number];
        }
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(different, 0) << "of " << kThreads * kRuns << " runs";
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
