#include "ops/nms.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace yolofleet::ops {
namespace {

using graph::NmsKind;

const NmsOptions kDarknetsDefaults{{}, 0.45F, 300};

Candidate candidate(float confidence, RelativeBox box, int class_id = 0) {
  return {box, confidence, confidence, class_id};
}

TEST(Overlap, IoUByHand) {
  // Two of 0.2 x 0.2, half a width apart: 0.02 shared of 0.06.
  const RelativeBox a{0.4F, 0.5F, 0.2F, 0.2F};
  const RelativeBox b{0.5F, 0.5F, 0.2F, 0.2F};
  EXPECT_NEAR(overlap(a, b, {}), 1.0F / 3.0F, 1e-6F);
  EXPECT_NEAR(overlap(a, a, {}), 1.0F, 1e-6F);
}

TEST(Overlap, GreedyAndDiouTakeTheDistanceOff) {
  const RelativeBox a{0.4F, 0.5F, 0.2F, 0.2F};
  const RelativeBox b{0.5F, 0.5F, 0.2F, 0.2F};
  // d^2 = 0.01, c^2 = 0.3^2 + 0.2^2 = 0.13
  const double ratio = 0.01 / 0.13;
  EXPECT_NEAR(overlap(a, b, {NmsKind::kGreedy, 0.9F}), 1.0 / 3.0 - std::pow(ratio, 0.6), 1e-5);
  EXPECT_NEAR(overlap(a, b, {NmsKind::kDiou, 0.9F}), 1.0 / 3.0 - std::pow(ratio, 0.9), 1e-5);
  EXPECT_NEAR(overlap(a, a, {NmsKind::kDiou, 0.9F}), 1.0, 1e-6);
}

TEST(Overlap, ApartEmptyAndTouching) {
  const RelativeBox a{0.2F, 0.2F, 0.2F, 0.2F};
  EXPECT_EQ(overlap(a, {0.8F, 0.8F, 0.1F, 0.1F}, {}), 0.0F);
  EXPECT_LT(overlap(a, {0.8F, 0.8F, 0.1F, 0.1F}, {NmsKind::kDiou, 0.6F}), 0.0F);
  const RelativeBox empty{0.5F, 0.5F, 0.0F, 0.0F};
  EXPECT_EQ(overlap(empty, empty, {}), 0.0F);
  EXPECT_EQ(overlap(empty, empty, {NmsKind::kGreedy, 0.6F}), 0.0F);
}

TEST(Nms, TheStrongerStaysWithinAClass) {
  const RelativeBox box{0.5F, 0.5F, 0.2F, 0.2F};
  const auto kept =
      nms({candidate(0.6F, box), candidate(0.9F, box), candidate(0.8F, box, 1)}, kDarknetsDefaults)
          .kept;
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].confidence, 0.9F);
  EXPECT_EQ(kept[1].class_id, 1);
}

TEST(Nms, TheThresholdIsToBePassed) {
  // Exactly representable: 0.5 shared of 1, IoU 0.5.
  const RelativeBox whole{0.5F, 0.5F, 1.0F, 1.0F};
  const RelativeBox half{0.5F, 0.25F, 1.0F, 0.5F};
  NmsOptions options = kDarknetsDefaults;
  options.threshold = 0.5F;
  EXPECT_EQ(nms({candidate(0.9F, whole), candidate(0.8F, half)}, options).kept.size(), 2U);
  options.threshold = 0.499F;
  EXPECT_EQ(nms({candidate(0.9F, whole), candidate(0.8F, half)}, options).kept.size(), 1U);
}

TEST(Nms, WhatIsSuppressedSuppressesNothing) {
  const RelativeBox left{0.30F, 0.5F, 0.2F, 0.2F};
  const RelativeBox middle{0.36F, 0.5F, 0.2F, 0.2F};
  const RelativeBox right{0.42F, 0.5F, 0.2F, 0.2F};
  NmsOptions options = kDarknetsDefaults;
  options.threshold = 0.3F;
  const auto kept =
      nms({candidate(0.9F, left), candidate(0.8F, middle), candidate(0.7F, right)}, options).kept;
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[1].box, right);
}

TEST(Nms, EquallyStrongOnesKeepTheirOrder) {
  const RelativeBox box{0.5F, 0.5F, 0.2F, 0.2F};
  const RelativeBox nearly{0.5F, 0.5F, 0.2F, 0.19F};
  auto kept = nms({candidate(0.5F, box), candidate(0.5F, nearly)}, kDarknetsDefaults).kept;
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].box, box);
  kept = nms({candidate(0.5F, box, 3), candidate(0.5F, box, 1), candidate(0.5F, box, 2)},
             kDarknetsDefaults)
             .kept;
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].class_id, 3);
  EXPECT_EQ(kept[1].class_id, 1);
  EXPECT_EQ(kept[2].class_id, 2);
}

TEST(Nms, OfNothingIsNothing) {
  EXPECT_TRUE(nms({}, kDarknetsDefaults).kept.empty());
}

/// Some candidates in crowds, confidences of few values so that many are equal.
std::vector<Candidate> crowd(std::size_t count, int classes) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> place(0.0F, 1.0F);
  std::uniform_real_distribution<float> side(0.05F, 0.4F);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < count; ++i) {
    const float confidence = static_cast<float>(1 + random() % 60) / 64.0F;
    candidates.push_back(candidate(confidence,
                                   {place(random), place(random), side(random), side(random)},
                                   static_cast<int>(random() % static_cast<unsigned>(classes))));
  }
  return candidates;
}

/// The rule as it is told: class after class, each box that is still there strikes the weaker ones.
std::vector<Candidate> slow_nms(const std::vector<Candidate>& candidates,
                                const NmsOptions& options) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].confidence > candidates[b].confidence;
  });
  std::vector<bool> struck(candidates.size(), false);
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i + 1; j < order.size() && !struck[order[i]]; ++j) {
      const Candidate& a = candidates[order[i]];
      const Candidate& b = candidates[order[j]];
      if (a.class_id == b.class_id && overlap(a.box, b.box, options.rule) > options.threshold) {
        struck[order[j]] = true;
      }
    }
  }
  std::vector<Candidate> kept;
  for (const std::size_t i : order) {
    if (!struck[i]) {
      kept.push_back(candidates[i]);
    }
  }
  return kept;
}

TEST(Nms, IsTheSlowRuleForEveryKindAndLimit) {
  const auto candidates = crowd(600, 3);
  for (const NmsKind kind : {NmsKind::kDefault, NmsKind::kGreedy, NmsKind::kDiou}) {
    for (const float threshold : {0.0F, 0.2F, 0.45F, 1.0F}) {
      for (const int most : {1, 20, 10000, 0}) {
        const NmsOptions options{{kind, 0.8F}, threshold, most};
        auto expected = slow_nms(candidates, options);
        EXPECT_GE(expected.size(), 1U);
        const NmsResult found = nms(candidates, options);
        EXPECT_EQ(found.kept.size() + found.cut, expected.size());
        expected.resize(most == 0 ? expected.size()
                                  : std::min(expected.size(), static_cast<std::size_t>(most)));
        EXPECT_EQ(found.kept, expected);
      }
    }
  }
}

/// Boxes of half a cell in `rows` x `columns` cells: none meets another.
std::vector<Candidate> apart(int rows, int columns) {
  std::vector<Candidate> candidates;
  for (int i = 0; i < rows * columns; ++i) {
    const RelativeBox box{(static_cast<float>(i % columns) + 0.5F) / static_cast<float>(columns),
                          (static_cast<float>(i / columns) + 0.5F) / static_cast<float>(rows),
                          0.5F / static_cast<float>(columns), 0.5F / static_cast<float>(rows)};
    candidates.push_back(candidate(0.3F + 0.00003F * static_cast<float>(i % 20011), box));
  }
  return candidates;
}

TEST(Nms, WithoutALimitNothingThatPassesIsLost) {
  const auto candidates = apart(125, 160);  // 20,000 of one class
  const NmsOptions options{{NmsKind::kGreedy, 0.6F}, 0.45F, 0};
  const NmsResult all = nms(candidates, options);
  EXPECT_EQ(all.kept.size(), candidates.size());
  EXPECT_EQ(all.cut, 0U);
  EXPECT_TRUE(std::is_sorted(all.kept.begin(), all.kept.end(), [](const auto& a, const auto& b) {
    return a.confidence > b.confidence;
  }));
}

TEST(Nms, CountsWhatTheLimitCuts) {
  const auto candidates = apart(20, 25);
  const NmsResult found = nms(candidates, kDarknetsDefaults);
  EXPECT_EQ(found.kept.size(), 300U);
  EXPECT_EQ(found.cut, 200U);
  const NmsResult all = nms(candidates, {{}, 0.45F, 0});
  EXPECT_TRUE(std::equal(found.kept.begin(), found.kept.end(), all.kept.begin()));
}

TEST(Nms, OfManyInOneClassIsTheSlowRules) {
  const auto candidates = crowd(5000, 1);
  const NmsOptions options{{}, 0.9F, 0};
  EXPECT_EQ(nms(candidates, options).kept, slow_nms(candidates, options));
}

TEST(Nms, AThresholdOverOneDropsNothing) {
  // So small that the rounding of its edges makes its overlap with itself larger than 2.
  const RelativeBox tiny{0.5F, 0.5F, 6.36465742e-8F, 6.36465742e-8F};
  ASSERT_GT(overlap(tiny, tiny, {}), 2.0F);
  const std::vector<Candidate> two{candidate(0.9F, tiny), candidate(0.8F, tiny)};
  EXPECT_EQ(nms(two, {{}, 2.0F, 0}).kept.size(), 2U);
  EXPECT_EQ(nms(two, {{}, 1.0F, 0}).kept.size(), 1U);
}

TEST(Nms, TheKindsDiffer) {
  const auto candidates = crowd(600, 3);
  const std::size_t plain = nms(candidates, {{NmsKind::kDefault, 0.6F}, 0.3F, 10000}).kept.size();
  const std::size_t greedy = nms(candidates, {{NmsKind::kGreedy, 0.9F}, 0.3F, 10000}).kept.size();
  const std::size_t diou = nms(candidates, {{NmsKind::kDiou, 0.9F}, 0.3F, 10000}).kept.size();
  EXPECT_LT(plain, diou);   // less is suppressed the more the distance takes off
  EXPECT_LT(diou, greedy);  // whose exponent stays 0.6
}

}  // namespace
}  // namespace yolofleet::ops
