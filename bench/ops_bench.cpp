// Our own arithmetic, each op alone on one thread.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "graph/activation.hpp"
#include "ops/nms.hpp"
#include "ops/resize.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {
namespace {

constexpr graph::Shape kInput{3, 416, 416};

void measure_resize(benchmark::State& state, const auto& view) {
  std::vector<float> output(static_cast<std::size_t>(kInput.elements()));
  for (auto _ : state) {
    benchmark::DoNotOptimize(resize(view, kInput, Fit::kStretch, output));
  }
}

void resize_rgb(benchmark::State& state) {
  const Image picture(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  measure_resize(state, picture.view());
}

/// The picture as it lies in memory, or turned by 90 degrees.
void resize_planes(benchmark::State& state, Subsampling subsampling, int orientation) {
  PlaneFormat format;
  format.subsampling = subsampling;
  Planes picture(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), format);
  std::ranges::fill(picture.samples(), std::uint8_t{128});
  picture.set_orientation(orientation);
  measure_resize(state, picture.view());
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({416, 416})
      ->Args({768, 576})
      ->Args({1200, 900})
      ->Args({1920, 1080})
      ->Args({4000, 3000})
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK(resize_rgb)->Apply(sizes);
BENCHMARK_CAPTURE(resize_planes, yuv420, Subsampling::k420, 1)->Apply(sizes);
BENCHMARK_CAPTURE(resize_planes, yuv420_turned, Subsampling::k420, 6)->Apply(sizes);
BENCHMARK_CAPTURE(resize_planes, yuv444, Subsampling::k444, 1)->Apply(sizes);
BENCHMARK_CAPTURE(resize_planes, grey, Subsampling::kGrey, 1)->Apply(sizes);

/// A head of three anchors and COCO's 80 classes; `scale` sets how many cells are sure.
std::vector<float> head_values(graph::Shape shape, float scale) {
  std::mt19937 random(5);
  std::normal_distribution<float> values(-4.0F, scale);
  std::vector<float> raw(static_cast<std::size_t>(shape.elements()));
  for (float& value : raw) {
    value = values(random);
  }
  return raw;
}

void boxes_of_head(benchmark::State& state) {
  graph::Head yolo;
  yolo.anchors = {{10.0F, 14.0F}, {23.0F, 27.0F}, {37.0F, 58.0F}};
  yolo.classes = 80;
  const graph::Shape shape{255, 52, 52};
  const auto raw = head_values(shape, 2.0F);
  const float threshold = static_cast<float>(state.range(0)) / 1000.0F;
  for (auto _ : state) {
    std::vector<Candidate> candidates;
    yolo_boxes(raw, {&yolo, shape, kInput}, threshold, candidates);
    benchmark::DoNotOptimize(candidates.data());
    state.counters["candidates"] = static_cast<double>(candidates.size());
  }
}
BENCHMARK(boxes_of_head)->Arg(250)->Arg(5)->Unit(benchmark::kMicrosecond);

void suppress(benchmark::State& state) {
  std::mt19937 random(6);
  std::uniform_real_distribution<float> unit(0.0F, 1.0F);
  std::vector<Candidate> candidates(static_cast<std::size_t>(state.range(0)));
  for (Candidate& candidate : candidates) {
    candidate.box = {unit(random), unit(random), 0.3F * unit(random), 0.3F * unit(random)};
    candidate.confidence = unit(random);
    candidate.class_id = static_cast<int>(random() % 3U);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(nms(candidates, {{graph::NmsKind::kGreedy, 0.6F}, 0.45F, 300}));
  }
}
BENCHMARK(suppress)->Arg(100)->Arg(10000)->Unit(benchmark::kMicrosecond);

void activate_values(benchmark::State& state) {
  const auto activation = static_cast<graph::Activation>(state.range(0));
  std::vector<float> values(1U << 16U);
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0.0F, 3.0F);
  for (float& value : values) {
    value = normal(random);
  }
  std::vector<float> output(values.size());
  for (auto _ : state) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      output[i] = activate(activation, values[i]);
    }
    benchmark::DoNotOptimize(output.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(activate_values)
    ->Arg(static_cast<int>(graph::Activation::kLinear))
    ->Arg(static_cast<int>(graph::Activation::kLeaky))
    ->Arg(static_cast<int>(graph::Activation::kMish))
    ->Arg(static_cast<int>(graph::Activation::kHardMish))
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace yolofleet::ops

BENCHMARK_MAIN();
