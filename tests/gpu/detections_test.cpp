#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "gpu/devices.hpp"
#include "ops/detections_cuda.hpp"
#include "ops/nms.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {
namespace {

class DetectionsCuda : public testing::GpuTest {};

const graph::Shape kInput{3, 416, 608};
constexpr int kBatch = 3;

struct Head {
  graph::Head form;
  graph::Shape shape;
  std::vector<float> raw;  ///< of the whole batch
};

/// What a test runs over.
struct Case {
  std::vector<Head> heads;
  Thresholds thresholds{0.25F, 0.45F};
  NmsSettings nms;
};

/// What a random value stands for.
struct Number {
  int of_anchor = 0;  ///< which of numbers_per_anchor
  bool objectness = false;
  bool one_of_classes = false;
};

/// Raw values of a head of this form; `objectness` is the mean of that, where it isn't a
/// probability.
Head with_values(graph::Head form, int columns, int rows, float objectness) {
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

graph::Head form_with(int classes) {
  graph::Head form;
  form.anchors = {{12, 16}, {76, 55}, {192, 243}};
  form.classes = classes;
  form.scale_x_y = 1.1F;
  return form;
}

Head head_of(int columns, int rows, int classes, float objectness, bool new_coords) {
  graph::Head form = form_with(classes);
  form.new_coords = new_coords;
  return with_values(form, columns, rows, objectness);
}

Case usual_case(graph::NmsKind kind, bool new_coords = false) {
  Case one;
  one.heads = {head_of(19, 13, 20, -2.0F, new_coords), head_of(38, 26, 20, -3.0F, new_coords)};
  one.nms.rule = {kind, 0.7F};
  return one;
}

std::vector<PictureMapping> mappings() {
  return {{1.0F, 1.0F, 0.0F, 0.0F, 640.0F, 480.0F},
          {1.25F, 1.0F, 0.1F, 0.0F, 1000.0F, 700.0F},
          {1.0F, 2.0F, 0.0F, 0.25F, 99.0F, 33.0F}};
}

std::vector<std::vector<Detection>> on_cpu(const Case& one) {
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

GpuResult on_gpu(int device, const Case& one, bool half = false) {
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
void expect_alike(const Case& one, const GpuResult& gpu) {
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

TEST_F(DetectionsCuda, AreTheCpusForEveryKindOfSuppression) {
  for (const auto kind :
       {graph::NmsKind::kDefault, graph::NmsKind::kGreedy, graph::NmsKind::kDiou}) {
    for (const bool new_coords : {false, true}) {
      const Case one = usual_case(kind, new_coords);
      expect_alike(one, on_gpu(device(), one));
    }
  }
}

/// A head of each kind, with each of its options.
std::vector<graph::Head> every_form() {
  graph::Head yolo = form_with(20);
  std::vector<graph::Head> all{yolo};
  yolo.new_coords = true;
  all.push_back(yolo);
  graph::Head gaussian = form_with(3);
  gaussian.kind = graph::HeadKind::kGaussianYolo;
  for (const auto point :
       {graph::YoloPoint::kCenter, graph::YoloPoint::kLeftTop, graph::YoloPoint::kRightBottom}) {
    gaussian.point = point;
    all.push_back(gaussian);
  }
  for (const int classes : {1, 32, 50}) {  // a warp takes 32 at a time
    graph::Head region = form_with(classes);
    region.kind = graph::HeadKind::kRegion;
    region.scale_x_y = 1.0F;
    region.anchors = {{0.6F, 0.7F}, {1.9F, 2.1F}, {5.5F, 8.0F}};
    all.push_back(region);
    region.softmax = true;
    all.push_back(region);
  }
  return all;
}

/// Whatever there is room for comes out.
Case unsuppressed(const graph::Head& form, float threshold) {
  Case one;
  one.heads = {with_values(form, 19, 13, 0.0F)};
  for (float& value : one.heads.front().raw) {
    value = __half2float(__float2half_rn(value));
  }
  one.thresholds = {threshold, 2.0F};
  one.nms.max_detections = kMostCandidates;
  return one;
}

TEST_F(DetectionsCuda, AreTheCpusForEveryKindOfHead) {
  for (const graph::Head& form : every_form()) {
    for (const float threshold : {0.005F, 0.25F, 0.6F}) {
      SCOPED_TRACE(std::string{graph::kind_of(form)} + " of " + std::to_string(form.classes) +
                   " classes, over " + std::to_string(threshold));
      const Case one = unsuppressed(form, threshold);
      const GpuResult floats = on_gpu(device(), one);
      expect_alike(one, floats);
      const GpuResult halves = on_gpu(device(), one, true);
      EXPECT_EQ(halves.candidates, floats.candidates);
      EXPECT_EQ(halves.scores, floats.scores);
      EXPECT_EQ(halves.classes, floats.classes);
    }
  }
}

TEST_F(DetectionsCuda, LeaveOutWhatIsNotFiniteAsTheCpuDoes) {
  for (const graph::Head& form : every_form()) {
    SCOPED_TRACE(graph::kind_of(form));
    Case one = unsuppressed(form, 0.25F);
    Head& head = one.heads.front();
    const auto numbers = static_cast<std::size_t>(numbers_per_anchor(form));
    const auto plane = static_cast<std::size_t>(head.shape.height * head.shape.width);
    const std::size_t width = form.kind == graph::HeadKind::kGaussianYolo ? 4 : 2;
    for (std::size_t i = 0; i < head.raw.size(); ++i) {
      if (i % 97 == 0) {
        head.raw[i] = std::numeric_limits<float>::quiet_NaN();
      } else if (i / plane % numbers == width && i % 5 == 0 && !form.new_coords) {
        head.raw[i] = 200.0F;  // e^200 is more than a float holds
      }
    }
    const Case whole = unsuppressed(form, 0.25F);
    EXPECT_LT(on_cpu(one).front().size(), on_cpu(whole).front().size());
    expect_alike(one, on_gpu(device(), one));
  }
}

TEST_F(DetectionsCuda, HeadsOfAllKindsGoTogether) {
  Case one;
  for (const graph::Head& form : {every_form()[1], every_form()[3], every_form()[6]}) {
    one.heads.push_back(with_values(form, 19, 13, -2.0F));
  }
  expect_alike(one, on_gpu(device(), one));
}

TEST_F(DetectionsCuda, KeepTheStrongestUpToTheLimit) {
  Case one = usual_case(graph::NmsKind::kDefault);
  one.nms.max_detections = 20;
  const GpuResult gpu = on_gpu(device(), one);
  EXPECT_EQ(gpu.numbers, (std::vector{20, 20, 20}));
  expect_alike(one, gpu);
}

TEST_F(DetectionsCuda, MoreCandidatesThanRoomLeavesTheBest) {
  Case one = usual_case(graph::NmsKind::kDefault);
  one.heads = {head_of(38, 26, 80, 1.0F, false), head_of(76, 52, 80, 0.0F, false)};
  one.thresholds = {0.05F, 0.45F};
  one.nms.max_detections = 1000;
  const GpuResult gpu = on_gpu(device(), one);
  for (const int candidates : gpu.candidates) {
    EXPECT_GT(candidates, 10 * kMostCandidates);
  }
  expect_alike(one, gpu);
}

TEST_F(DetectionsCuda, GiveTheSameBitsEveryTime) {
  Case one = usual_case(graph::NmsKind::kGreedy);
  one.heads = {head_of(38, 26, 80, 1.0F, false), head_of(76, 52, 80, 0.0F, false)};
  one.thresholds = {0.05F, 0.45F};
  const GpuResult first = on_gpu(device(), one);
  for (int round = 0; round < 20; ++round) {
    const GpuResult again = on_gpu(device(), one);
    ASSERT_EQ(first.numbers, again.numbers);
    ASSERT_EQ(first.candidates, again.candidates);
    ASSERT_EQ(first.classes, again.classes);
    ASSERT_EQ(first.scores, again.scores);
    ASSERT_EQ(
        std::memcmp(first.boxes.data(), again.boxes.data(), first.boxes.size() * sizeof(float4)),
        0);
  }
}

TEST_F(DetectionsCuda, NothingOverTheThresholdIsNothing) {
  Case one = usual_case(graph::NmsKind::kGreedy);
  one.thresholds = {1.0F, 0.45F};
  const GpuResult gpu = on_gpu(device(), one);
  EXPECT_EQ(gpu.numbers, (std::vector{0, 0, 0}));
  EXPECT_EQ(gpu.candidates, (std::vector{0, 0, 0}));
}

}  // namespace
}  // namespace yolofleet::ops
