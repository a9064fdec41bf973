// Measures the fleet's own time for a picture, with lanes that do nothing.

#include <benchmark/benchmark.h>

#include <chrono>
#include <thread>
#include <vector>

#include "fleet/fake_lane.hpp"
#include "fleet/fleet.hpp"

namespace yolofleet::fleet {
namespace {

constexpr std::size_t kPictures = 100'000;

std::unique_ptr<Fleet> open(std::size_t lanes, std::size_t slots, std::size_t batch) {
  testing::FakeScript script;
  script.slots = slots;
  script.batch = batch;
  const OpenLane lane = {
      script.device, [script](const backend::OnFinished& on_finished, std::vector<std::string>&) {
        return Result<std::unique_ptr<backend::Lane>>(
            std::make_unique<testing::FakeLane>(script, on_finished));
      }};
  FleetOptions options;
  options.max_wait = std::chrono::milliseconds{5};
  options.ordered = true;
  return Fleet::open(std::vector<OpenLane>(lanes, lane), options).value();
}

/// One thread submits, this one takes; `time` is that of a picture.
void through_the_fleet(benchmark::State& state) {
  const auto fleet =
      open(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
           static_cast<std::size_t>(state.range(2)));
  for (auto _ : state) {
    std::thread source([&] {
      for (std::size_t i = 0; i < kPictures; ++i) {
        benchmark::DoNotOptimize(fleet->submit(ImageView{}));
      }
    });
    for (std::size_t i = 0; i < kPictures; ++i) {
      benchmark::DoNotOptimize(fleet->next());
    }
    source.join();
  }
  state.counters["time"] = benchmark::Counter(
      static_cast<double>(kPictures),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(through_the_fleet)
    ->ArgNames({"lanes", "slots", "batch"})
    ->ArgsProduct({{1, 2, 8, 16}, {3}, {16}})
    ->Args({1, 24, 1})
    ->Args({1, 2, 1})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace yolofleet::fleet

BENCHMARK_MAIN();
