// Boxes of every kind of head, by the kernels and by the CPU.

#include <limits>
#include <string>

#include "gpu/detection_cases.hpp"

namespace yolofleet::ops {
namespace {

class HeadKindsCuda : public testing::GpuTest {};

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

/// A case without suppression: keeps as many candidates as there is room for.
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

TEST_F(HeadKindsCuda, AreTheCpus) {
  for (const graph::Head& form : every_form()) {
    for (const float threshold : {0.005F, 0.25F, 0.6F}) {
      SCOPED_TRACE(std::string{graph::kind_of(form)} + " of " + std::to_string(form.classes) +
                   " classes, over " + std::to_string(threshold));
      const Case one = unsuppressed(form, threshold);
      const std::vector<Found> floats = on_gpu(device(), one);
      expect_alike(one, floats);
      const std::vector<Found> halves = on_gpu(device(), one, true);
      for (std::size_t p = 0; p < kBatch; ++p) {
        EXPECT_EQ(halves[p].candidates, floats[p].candidates);
        EXPECT_EQ(halves[p].detections, floats[p].detections);
      }
    }
  }
}

TEST_F(HeadKindsCuda, LeaveOutWhatIsntFiniteAsTheCpuDoes) {
  constexpr float kOver = 0.45F;  // so that there is room for all, with and without
  for (const graph::Head& form : every_form()) {
    SCOPED_TRACE(graph::kind_of(form));
    Case one = unsuppressed(form, kOver);
    Head& head = one.heads.front();
    const auto numbers = static_cast<std::size_t>(numbers_per_anchor(form));
    const auto plane =
        static_cast<std::size_t>(head.shape.height) * static_cast<std::size_t>(head.shape.width);
    const std::size_t width = form.kind == graph::HeadKind::kGaussianYolo ? 4 : 2;
    for (std::size_t i = 0; i < head.raw.size(); ++i) {
      if (i % 97 == 0) {
        head.raw[i] = std::numeric_limits<float>::quiet_NaN();
      } else if (i / plane % numbers == width && i % 5 == 0 && !form.new_coords) {
        head.raw[i] = 200.0F;  // e^200 is more than a float holds
      }
    }
    const Case whole = unsuppressed(form, kOver);
    EXPECT_LT(on_cpu(one).front().kept, on_cpu(whole).front().kept);
    expect_alike(one, on_gpu(device(), one));
  }
}

TEST_F(HeadKindsCuda, GoTogether) {
  Case one;
  for (const graph::Head& form : {every_form()[1], every_form()[3], every_form()[6]}) {
    one.heads.push_back(with_values(form, 19, 13, -2.0F));
  }
  expect_alike(one, on_gpu(device(), one));
}

}  // namespace
}  // namespace yolofleet::ops
