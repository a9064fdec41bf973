// Engines for different batches give the same detections, within the tolerance of FP16. One engine
// gives the same bits. YOLOFLEET_GPU_MODEL and YOLOFLEET_GPU_PICTURES select real ones.

#include <iostream>

#include "gpu/pictures.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::test_pictures;
using testing::views_of;
using testing::WaitingLane;

using Found = std::vector<std::vector<Detection>>;  // by picture

/// The allowed differences between the detections of two FP16 engines of a network for the same
/// picture. The engines' kernels sum in different orders.
struct HalfTolerance {
  float confidence;  ///< of a detection and its partner
  float overlap;     ///< of their boxes, at least: IoU
  /// Share of the detections that may have no partner: where two boxes overlap by nearly the
  /// threshold of the suppression, either may be left.
  double alone;
};

constexpr HalfTolerance half_tolerance() {
  return {0.03F, 0.9F, 0.01};
}

constexpr float kThreshold = 0.25F;  // WaitingLane's

float intersection_over_union(const Box& a, const Box& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  const float both = std::max(width, 0.0F) * std::max(height, 0.0F);
  const float all = a.width * a.height + b.width * b.height - both;
  return all > 0 ? both / all : 1.0F;
}

/// Detections of `a` sure enough to be in `b` too, how many are, and what they differ by.
struct Agreement {
  std::size_t taking_part = 0;
  std::size_t alone = 0;
  float confidence = 0;  ///< largest difference of partners
  float overlap = 1;     ///< smallest of partners

  void add(const std::vector<Detection>& a, const std::vector<Detection>& b) {
    for (const Detection& one : a) {
      if (one.confidence < kThreshold + half_tolerance().confidence) {
        continue;
      }
      ++taking_part;
      float best = 0;
      float difference = 0;
      for (const Detection& other : b) {
        const float shared = intersection_over_union(one.box, other.box);
        if (other.class_id == one.class_id && shared > best) {
          best = shared;
          difference = std::abs(one.confidence - other.confidence);
        }
      }
      if (best < half_tolerance().overlap || difference > half_tolerance().confidence) {
        ++alone;
        continue;
      }
      overlap = std::min(overlap, best);
      confidence = std::max(confidence, difference);
    }
  }
};

/// All pictures through a lane, in batches of `batch`.
Found detections_of(WaitingLane& lane, const std::vector<ImageView>& views, std::size_t batch) {
  Found found;
  for (std::size_t i = 0; i < views.size(); i += batch) {
    const std::size_t end = std::min(views.size(), i + batch);
    for (PictureResult& result : lane.run({views.begin() + static_cast<std::ptrdiff_t>(i),
                                           views.begin() + static_cast<std::ptrdiff_t>(end)})) {
      EXPECT_FALSE(result.error) << result.error->message;
      found.push_back(std::move(result.detections));
    }
  }
  return found;
}

std::size_t count_of(const Found& found) {
  std::size_t count = 0;
  for (const auto& detections : found) {
    count += detections.size();
  }
  return count;
}

class Profiles : public testing::GpuTest {};

TEST_F(Profiles, OfDifferentBatchesAgree) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const std::vector<Image> pictures = test_pictures(64);
  const std::vector<ImageView> views = views_of(pictures);
  std::vector<Found> found;
  for (const int most : {1, 4, 16}) {
    WaitingLane lane{device(), most, 2};
    found.push_back(detections_of(lane, views, static_cast<std::size_t>(most)));
    std::cout << "max batch " << most << ": " << count_of(found.back()) << " detections in "
              << views.size() << " pictures\n";
    ASSERT_GT(count_of(found.back()), 0U);
  }
  for (std::size_t a = 0; a < found.size(); ++a) {
    for (std::size_t b = 0; b < found.size(); ++b) {
      Agreement agreement;
      for (std::size_t i = 0; a != b && i < views.size(); ++i) {
        agreement.add(found[a][i], found[b][i]);
      }
      if (a == b) {
        continue;
      }
      std::cout << "profile " << a << " in " << b << ": of " << agreement.taking_part
                << " detections " << agreement.alone << " without a partner; of the others at most "
                << agreement.confidence << " between confidences, IoU at least "
                << agreement.overlap << '\n';
      EXPECT_GT(agreement.taking_part, 0U);
      EXPECT_LE(static_cast<double>(agreement.alone),
                half_tolerance().alone * static_cast<double>(agreement.taking_part));
    }
  }
}

TEST_F(Profiles, WithinOneAPictureGivesTheSameBitsWhateverItsBatchAndPlace) {
  cuda::check(cudaSetDevice(0));
  constexpr std::size_t kMostBatch = 8;
  WaitingLane lane{device(), kMostBatch, 2};
  const std::vector<Image> pictures = test_pictures(64);
  const std::vector<ImageView> views = views_of(pictures);
  const Found alone = detections_of(lane, views, 1);
  std::size_t different = 0;
  for (std::size_t batch = 2; batch <= kMostBatch; ++batch) {  // other neighbours, another place
    const Found together = detections_of(lane, views, batch);
    ASSERT_EQ(together.size(), alone.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
      different += together[i] != alone[i];
    }
  }
  std::cout << count_of(alone) << " detections in " << views.size() << " pictures, each in batches "
            << "of 1 to " << kMostBatch << ": " << different << " results differ\n";
  EXPECT_GT(count_of(alone), 0U);
  EXPECT_EQ(different, 0U);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
