#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gpu/devices.hpp"
#include "ops/detections_cuda.hpp"
#include "ops/nms.hpp"
#include "ops/yolo_boxes.hpp"

/// Detections from raw heads by the kernels and by the CPU, and their comparison.
namespace yolofleet::ops {

inline const graph::Shape kInput{3, 416, 608};
inline constexpr int kBatch = 3;

struct Head {
  graph::Head form;
  graph::Shape shape;
  std::vector<float> raw;  ///< of the whole batch
};

/// The input of a test.
struct Case {
  std::vector<Head> heads;
  Thresholds thresholds{0.25F, 0.45F};
  NmsSettings nms;
};

/// The meaning of a random value.
struct Number {
  int of_anchor = 0;  ///< which of numbers_per_anchor
  bool objectness = false;
  bool one_of_classes = false;
};

/// Raw values of a head of this form; `objectness` is the mean of that, where it isn't a
/// probability.
inline Head with_values(graph::Head form, int columns, int rows, float objectness) {
  const int numbers = numbers_per_anchor(form);
  Head head{form, {static_cast<int>(form.anchors.size()) * numbers, rows, columns}, {}};
  std::mt19937 random{static_cast<unsigned>(columns * 31 + form.classes)};
  std::normal_distribution<float> normal{0.0F, 1.5F};
  std::uniform_real_distribution<float> uniform{0.0F, 1.0F};
  const auto count = static_cast<std::size_t>(head.shape.elements()) * kBatch;
  const auto plane = static_cast<std::size_t>(rows * columns);
  for (std::size_t i = 0; i < count; ++i) {
    Number number{static_cast<int>(i / plane) % numbers};
    number.objectness = number.of_anchor == numbers - form.classes - 1;
    number.one_of_classes = number.of_anchor >= numbers - form.classes;
    if (form.new_coords) {
      head.raw.push_back(number.objectness ? std::pow(uniform(random), 4.0F) : uniform(random));
      continue;
    }
    float value = normal(random) + (number.objectness ? objectness : 0.0F);
    if (number.one_of_classes && form.kind == graph::HeadKind::kRegion) {
      value = form.softmax ? 3.0F * value : value - 2.0F;  // either is sure of few classes
    }
    if (number.of_anchor % 2 == 1 && number.of_anchor < 8 &&
        form.kind == graph::HeadKind::kGaussianYolo) {
      value -= 3.0F;  // a deviation: else nothing is over the higher thresholds
    }
    head.raw.push_back(value);
  }
  return head;
}

inline graph::Head form_with(int classes) {
  graph::Head form;
  form.anchors = {{12, 16}, {76, 55}, {192, 243}};
  form.classes = classes;
  form.scale_x_y = 1.1F;
  return form;
}

inline Head head_of(int columns, int rows, int classes, float objectness, bool new_coords) {
  graph::Head form = form_with(classes);
  form.new_coords = new_coords;
  return with_values(form, columns, rows, objectness);
}

inline std::vector<PictureMapping> mappings() {
  return {{1.0F, 1.0F, 0.0F, 0.0F, 640.0F, 480.0F},
          {1.25F, 1.0F, 0.1F, 0.0F, 1000.0F, 700.0F},
          {1.0F, 2.0F, 0.0F, 0.25F, 99.0F, 33.0F}};
}

inline std::vector<std::vector<Detection>> on_cpu(const Case& one) {
  std::vector<std::vector<Detection>> all;
  for (std::size_t p = 0; p < kBatch; ++p) {
    const PictureMapping mapping = mappings()[p];
    std::vector<Candidate> candidates;
    for (const Head& head : one.heads) {
      const auto size = static_cast<std::size_t>(head.shape.elements());
      yolo_boxes(std::span(head.raw).subspan(p * size, size), {&head.form, head.shape, kInput},
                 one.thresholds.confidence, candidates);
    }
    for (Candidate& candidate : candidates) {
      RelativeBox& box = candidate.box;
      box = {(box.center_x - mapping.offset_x) * mapping.gain_x,
             (box.center_y - mapping.offset_y) * mapping.gain_y, box.width * mapping.gain_x,
             box.height * mapping.gain_y};
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.confidence > b.confidence; });
    candidates.resize(std::min(candidates.size(), static_cast<std::size_t>(kMostCandidates)));
    std::vector<Detection>& found = all.emplace_back();
    for (const Candidate& kept :
         nms(candidates, {one.nms.rule, one.thresholds.nms, one.nms.max_detections})) {
      found.push_back(
          {to_pixels(kept.box, static_cast<int>(mapping.width), static_cast<int>(mapping.height)),
           kept.class_id, kept.confidence});
    }
  }
  return all;
}

struct GpuResult {
  std::vector<int> numbers;
  std::vector<int> candidates;
  std::vector<float4> boxes;
  std::vector<float> scores;
  std::vector<int> classes;
};

inline GpuResult on_gpu(int device, const Case& one, bool half = false) {
  DeviceHeads heads;
  std::vector<cuda::DeviceBuffer> memory;
  for (const Head& head : one.heads) {
    const std::vector<__half> halves(head.raw.begin(), head.raw.end());
    memory.push_back(half ? testing::on_device(device, halves)
                          : testing::on_device(device, head.raw));
    heads.add(head.form, head.shape, kInput, memory.back().get(), half);
  }
  const auto thresholds = testing::on_device(device, std::vector{one.thresholds});
  const auto mapping = testing::on_device(device, mappings());
  const std::size_t all = kBatch * static_cast<std::size_t>(one.nms.max_detections);
  const auto workspace = testing::poisoned(device, candidates_bytes(kBatch));
  const auto numbers = testing::poisoned(device, kBatch * sizeof(int));
  const auto found = testing::poisoned(device, kBatch * sizeof(int));
  const auto boxes = testing::poisoned(device, all * sizeof(float4));
  const auto scores = testing::poisoned(device, all * sizeof(float));
  const auto classes = testing::poisoned(device, all * sizeof(int));
  const DetectionBatch batch{kBatch, thresholds.as<Thresholds>(), mapping.as<PictureMapping>()};
  const Candidates candidates = candidates_in(workspace.get(), kBatch);
  const cuda::DeviceGuard guard{device};
  enqueue_yolo_boxes(heads, batch, candidates, nullptr);
  enqueue_nms(candidates, batch, one.nms,
              {numbers.as<int>(), found.as<int>(), boxes.as<float4>(), scores.as<float>(),
               classes.as<int>()},
              nullptr);
  return {
      testing::on_host<int>(device, numbers, kBatch), testing::on_host<int>(device, found, kBatch),
      testing::on_host<float4>(device, boxes, all), testing::on_host<float>(device, scores, all),
      testing::on_host<int>(device, classes, all)};
}

/// The exponentials of the two sides differ in the last bits, so a threshold may fall between them:
/// nearly all must have a partner of the same class, score and box.
inline void expect_alike(const Case& one, const GpuResult& gpu) {
  const auto cpu = on_cpu(one);
  for (std::size_t p = 0; p < kBatch; ++p) {
    const auto number = static_cast<std::size_t>(gpu.numbers[p]);
    const std::size_t base = p * static_cast<std::size_t>(one.nms.max_detections);
    ASSERT_GT(cpu[p].size(), 10U);
    EXPECT_NEAR(static_cast<double>(number), static_cast<double>(cpu[p].size()), 1.0);
    std::size_t partners = 0;
    for (std::size_t i = 0; i < number; ++i) {
      const float4 box = gpu.boxes[base + i];
      partners += std::any_of(cpu[p].begin(), cpu[p].end(), [&](const Detection& other) {
        const float size = std::max({1.0F, other.box.width, other.box.height});
        return other.class_id == gpu.classes[base + i] &&
               std::abs(other.confidence - gpu.scores[base + i]) < 1e-5F &&
               std::abs(other.box.x - box.x) < 1e-4F * size &&
               std::abs(other.box.y - box.y) < 1e-4F * size &&
               std::abs(other.box.width - box.z) < 1e-4F * size &&
               std::abs(other.box.height - box.w) < 1e-4F * size;
      });
      EXPECT_TRUE(i == 0 || gpu.scores[base + i - 1] >= gpu.scores[base + i]);
    }
    EXPECT_GE(partners + 2, number);
    for (std::size_t i = number; i < static_cast<std::size_t>(one.nms.max_detections); ++i) {
      ASSERT_EQ(gpu.scores[base + i], 0.0F);
      ASSERT_EQ(gpu.classes[base + i], 0);
      ASSERT_EQ(gpu.boxes[base + i].w, 0.0F);
    }
  }
}

}  // namespace yolofleet::ops
