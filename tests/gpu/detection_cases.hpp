#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gpu/devices.hpp"
#include "ops/nms.hpp"
#include "ops/nms_cuda.hpp"
#include "ops/yolo_boxes.hpp"

/// Detections from raw heads by the kernels and by the CPU, and their comparison.
namespace yolofleet::ops {

inline constexpr int kBatch = 3;

struct Head {
  graph::Head form;
  graph::Shape shape;
  std::vector<float> raw;  ///< of the whole batch
};

inline std::vector<PictureMapping> mappings() {
  return {{1.0F, 1.0F, 0.0F, 0.0F, 640.0F, 480.0F},
          {1.25F, 1.0F, 0.1F, 0.0F, 1000.0F, 700.0F},
          {1.0F, 2.0F, 0.0F, 0.25F, 99.0F, 33.0F}};
}

/// The input of a test.
struct Case {
  graph::Shape input{3, 416, 608};
  std::vector<Head> heads;
  Thresholds thresholds{0.25F, 0.45F};
  NmsSettings nms{{}, 300};
  std::vector<PictureMapping> pictures = mappings();
};

/// The output for one picture.
struct Found {
  std::vector<Detection> detections;
  std::size_t kept = 0;  ///< before the limit
  std::size_t candidates = 0;
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

inline std::vector<Found> on_cpu(const Case& one) {
  std::vector<Found> all;
  for (std::size_t p = 0; p < kBatch; ++p) {
    const PictureMapping mapping = one.pictures[p];
    std::vector<Candidate> candidates;
    for (const Head& head : one.heads) {
      const auto size = static_cast<std::size_t>(head.shape.elements());
      yolo_boxes(std::span(head.raw).subspan(p * size, size), {&head.form, head.shape, one.input},
                 one.thresholds.confidence, candidates);
    }
    for (Candidate& candidate : candidates) {
      RelativeBox& box = candidate.box;
      box = {(box.center_x - mapping.offset_x) * mapping.gain_x,
             (box.center_y - mapping.offset_y) * mapping.gain_y, box.width * mapping.gain_x,
             box.height * mapping.gain_y};
    }
    Found& found = all.emplace_back();
    found.candidates = candidates.size();
    if (candidates.size() > kMostCandidates) {
      std::stable_sort(candidates.begin(), candidates.end(),
                       [](const auto& a, const auto& b) { return a.confidence > b.confidence; });
      candidates.resize(kMostCandidates);
    }
    const NmsResult result =
        nms(std::move(candidates), {one.nms.rule, one.thresholds.nms, one.nms.max_detections});
    found.kept = result.kept.size() + result.cut;
    for (const Candidate& kept : result.kept) {
      found.detections.push_back(
          {to_pixels(kept.box, static_cast<int>(mapping.width), static_cast<int>(mapping.height)),
           kept.class_id, kept.confidence});
    }
  }
  return all;
}

/// The arrays of detections on a device, filled with a pattern that can't be a result.
class DetectionsThere {
 public:
  DetectionsThere(int device, int batch, int max_detections)
      : device_(device),
        batch_(static_cast<std::size_t>(batch)),
        room_(static_cast<std::size_t>(max_detections)),
        numbers_(testing::poisoned(device, batch_ * sizeof(int))),
        kept_(testing::poisoned(device, batch_ * sizeof(int))),
        candidates_(testing::poisoned(device, batch_ * sizeof(int))),
        boxes_(testing::poisoned(device, batch_ * room_ * sizeof(float4))),
        scores_(testing::poisoned(device, batch_ * room_ * sizeof(float))),
        classes_(testing::poisoned(device, batch_ * room_ * sizeof(int))) {}

  DeviceDetections arrays() const {
    return {numbers_.as<int>(),  kept_.as<int>(),     candidates_.as<int>(),
            boxes_.as<float4>(), scores_.as<float>(), classes_.as<int>()};
  }

  /// Waits for the device.
  std::vector<Found> on_host() const {
    const auto numbers = testing::on_host<int>(device_, numbers_, batch_);
    const auto kept = testing::on_host<int>(device_, kept_, batch_);
    const auto candidates = testing::on_host<int>(device_, candidates_, batch_);
    const auto boxes = testing::on_host<float4>(device_, boxes_, batch_ * room_);
    const auto scores = testing::on_host<float>(device_, scores_, batch_ * room_);
    const auto classes = testing::on_host<int>(device_, classes_, batch_ * room_);
    std::vector<Found> all(batch_);
    for (std::size_t p = 0; p < batch_; ++p) {
      all[p].kept = static_cast<std::size_t>(kept[p]);
      all[p].candidates = static_cast<std::size_t>(candidates[p]);
      const auto number =
          static_cast<std::size_t>(std::clamp(numbers[p], 0, static_cast<int>(room_)));
      EXPECT_EQ(numbers[p], static_cast<int>(number)) << "the number of detections";
      for (std::size_t i = p * room_; i < p * room_ + number; ++i) {
        all[p].detections.push_back(
            {{boxes[i].x, boxes[i].y, boxes[i].z, boxes[i].w}, classes[i], scores[i]});
      }
    }
    return all;
  }

 private:
  int device_;
  std::size_t batch_;
  std::size_t room_;
  cuda::DeviceBuffer numbers_;
  cuda::DeviceBuffer kept_;
  cuda::DeviceBuffer candidates_;
  cuda::DeviceBuffer boxes_;
  cuda::DeviceBuffer scores_;
  cuda::DeviceBuffer classes_;
};

inline std::vector<Found> on_gpu(int device, const Case& one, bool half = false) {
  DeviceHeads heads;
  std::vector<cuda::DeviceBuffer> memory;
  for (const Head& head : one.heads) {
    const std::vector<__half> halves(head.raw.begin(), head.raw.end());
    memory.push_back(half ? testing::on_device(device, halves)
                          : testing::on_device(device, head.raw));
    heads.add(head.form, head.shape, one.input, memory.back().get(), half);
  }
  const auto thresholds = testing::on_device(device, std::vector{one.thresholds});
  const auto mapping = testing::on_device(device, one.pictures);
  const auto workspace = testing::poisoned(device, candidates_bytes(kBatch));
  const DetectionsThere found{device, kBatch, one.nms.max_detections};
  const DetectionBatch batch{kBatch, thresholds.as<Thresholds>(), mapping.as<PictureMapping>()};
  const Candidates candidates = candidates_in(workspace.get(), kBatch);
  const cuda::DeviceGuard guard{device};
  enqueue_yolo_boxes(heads, batch, candidates, nullptr);
  enqueue_nms(candidates, batch, one.nms, found.arrays(), nullptr);
  return found.on_host();
}

/// Whether `others`, by falling confidence, has one of the same class, score and box.
inline bool has_partner(const Detection& one, const std::vector<Detection>& others) {
  constexpr float kNear = 1e-5F;
  const auto first = std::partition_point(
      others.begin(), others.end(),
      [&](const Detection& other) { return other.confidence >= one.confidence + kNear; });
  const auto last = std::partition_point(first, others.end(), [&](const Detection& other) {
    return other.confidence > one.confidence - kNear;
  });
  return std::any_of(first, last, [&](const Detection& other) {
    const float size = std::max({1.0F, other.box.width, other.box.height});
    return other.class_id == one.class_id && std::abs(other.box.x - one.box.x) < 1e-4F * size &&
           std::abs(other.box.y - one.box.y) < 1e-4F * size &&
           std::abs(other.box.width - one.box.width) < 1e-4F * size &&
           std::abs(other.box.height - one.box.height) < 1e-4F * size;
  });
}

/// The exponentials of the two sides differ in the last bits, so a threshold may fall between them:
/// nearly all must have a partner of the same class, score and box.
inline void expect_alike(const Case& one, const std::vector<Found>& gpu) {
  const std::vector<Found> cpu = on_cpu(one);
  for (std::size_t p = 0; p < kBatch; ++p) {
    const std::vector<Detection>& found = gpu[p].detections;
    const std::vector<Detection>& wanted = cpu[p].detections;
    ASSERT_GT(wanted.size(), 10U);
    EXPECT_NEAR(static_cast<double>(found.size()), static_cast<double>(wanted.size()), 1.0);
    EXPECT_NEAR(static_cast<double>(gpu[p].kept), static_cast<double>(cpu[p].kept), 4.0);
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.confidence > b.confidence;
    }));
    const auto partners = std::count_if(found.begin(), found.end(), [&](const Detection& each) {
      return has_partner(each, wanted);
    });
    EXPECT_GE(static_cast<std::size_t>(partners) + 2, found.size());
  }
}

}  // namespace yolofleet::ops
