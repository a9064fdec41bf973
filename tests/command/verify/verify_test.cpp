#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "command/temporary_folder.hpp"
#include "shared/model_options.hpp"
#include "verify/compare.hpp"
#include "verify/pictures.hpp"
#include "verify/report.hpp"
#include "verify/run.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr AllowedDifference kFloat{0.005F, 0.002F, 1e-3F, 0};
constexpr AllowedDifference kRounded{0.1F, 0.05F, 0.25F, 0.05};

Detection at(float x, float confidence, int class_id = 0) {
  return {{x, 10, 20, 20}, class_id, confidence};
}

/// Of a picture of 100 x 100 pixels.
PictureResult found(std::vector<Detection> detections) {
  PictureResult result;
  result.width = result.height = 100;
  result.detections = std::move(detections);
  return result;
}

DetectionSums compare(std::vector<Detection> reference, std::vector<Detection> other,
                      const AllowedDifference& allowed = kFloat) {
  const auto pairs =
      pair_detections(0, found(std::move(reference)), found(std::move(other)), 0.25F, allowed);
  return sum_up(pairs, allowed);
}

TEST(PairDetections, TheNearestOfTheClass) {
  const auto pairs =
      pair_detections(3, found({at(10, 0.9F), at(14, 0.8F)}),
                      found({at(14, 0.85F), at(10, 0.7F, 1), at(11, 0.6F)}), 0.25F, kFloat);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0].picture, 3U);
  EXPECT_EQ(pairs[0].found, at(14, 0.85F));
  EXPECT_EQ(pairs[1].reference, at(10, 0.9F));
  EXPECT_EQ(pairs[1].found, at(11, 0.6F));
  EXPECT_FLOAT_EQ(pairs[1].confidence, 0.3F);
  EXPECT_FLOAT_EQ(pairs[1].box, 0.01F);
  EXPECT_FALSE(pairs[2].reference) << "another class";
}

TEST(PairDetections, APartnerMayBeUnderTheThreshold) {
  const DetectionSums sums =
      compare({at(10, 0.251F), at(50, 0.24F)}, {at(50, 0.252F), at(10, 0.249F)});
  EXPECT_EQ(sums.matched, 2U);
  EXPECT_EQ(sums.beyond, 1U) << "0.24 and 0.252";
  EXPECT_EQ(compare({at(10, 0.24F)}, {at(10, 0.1F)}).compared(), 0U);
}

TEST(PairDetections, OfTwoBoxesInOnePlaceTheOneOfThatConfidence) {
  const DetectionSums sums =
      compare({at(10, 0.9F), at(12, 0.36F)}, {at(11.2F, 0.88F), at(10, 0.3F)}, kRounded);
  EXPECT_EQ(sums.matched, 2U);
  EXPECT_EQ(sums.beyond, 0U);
  EXPECT_NEAR(sums.confidence, 0.06F, 1e-6F);
}

TEST(PairDetections, WhatIsNearTheThresholdNeedsNoPartner) {
  const DetectionSums sums = compare({at(10, 0.34F), at(40, 0.36F)}, {at(70, 0.3F)}, kRounded);
  EXPECT_EQ(sums.missing, 2U);
  EXPECT_EQ(sums.extra, 1U);
  EXPECT_EQ(sums.faint, 2U);
  EXPECT_EQ(sums.beyond, 1U);
  EXPECT_EQ(sums.compared(), 1U);
  const DetectionSums faint = compare({at(10, 0.34F)}, {}, kRounded);
  EXPECT_EQ(judge(faint, {}, kRounded), Verdict::kNotCompared) << "never a pass on nothing";
}

TEST(PairDetections, TooFarAwayIsNoPartner) {
  const DetectionSums sums = compare({at(10, 0.9F)}, {at(20.5F, 0.9F)});
  EXPECT_EQ(sums.missing, 1U);
  EXPECT_EQ(sums.extra, 1U);
  EXPECT_EQ(sums.beyond, 2U);
  EXPECT_EQ(sums.compared(), 2U);
}

TEST(PairDetections, OfABoxThatIsntANumberIsNone) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(compare({at(10, 0.9F)}, {at(nan, 0.9F)}).beyond, 2U);
  EXPECT_EQ(compare({at(10, 0.9F)}, {at(10, nan)}).beyond, 1U);
}

TEST(WorstOf, ThoseWithoutAPartnerThenTheFurthest) {
  const auto pairs = pair_detections(0, found({at(10, 0.9F), at(40, 0.8F), at(70, 0.7F)}),
                                     found({at(10, 0.89F), at(40, 0.7F)}), 0.25F, kFloat);
  const auto worst = worst_of(pairs, kFloat);
  ASSERT_EQ(worst.size(), 3U);
  EXPECT_FALSE(worst[0].found);
  EXPECT_EQ(worst[1].reference, at(40, 0.8F));
  EXPECT_EQ(worst[2].reference, at(10, 0.9F));
}

RawHead head(std::vector<float> values) {
  return {0, 1, 1, static_cast<int>(values.size()), std::move(values)};
}

TEST(HeadError, IsRelativeToTheLargest) {
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_NEAR(head_error(head({1, -4.2F}), head({1.1F, -4})), 0.05F, 1e-6F);
  EXPECT_EQ(head_error(head({0, 0}), head({0, 0})), 0);
  EXPECT_EQ(head_error(head({0, 1}), head({0, 0})), infinite);
  EXPECT_EQ(head_error(head({0}), head({0, 0})), infinite);
  EXPECT_EQ(head_error(head({std::nanf("")}), head({1})), infinite);
  EXPECT_EQ(head_error(head({1}), head({infinite})), infinite);
}

TEST(Judge, IsNeverAPassOnNothing) {
  EXPECT_EQ(judge({}, {}, kFloat), Verdict::kNotCompared);
  EXPECT_EQ(judge({}, std::vector{1e-4F}, kFloat), Verdict::kWithin) << "by heads";
  EXPECT_EQ(judge(compare({at(10, 0.9F)}, {at(10, 0.9F)}), {}, kFloat), Verdict::kWithin);
}

TEST(Judge, DetectionsAndHeadsMustBothBeWithin) {
  const DetectionSums same = compare({at(10, 0.9F)}, {at(10, 0.9F)});
  EXPECT_EQ(judge(same, std::vector{1e-4F, 2e-3F}, kFloat), Verdict::kBeyond);
  EXPECT_EQ(judge(same, std::vector{std::nanf("")}, kFloat), Verdict::kBeyond);
  EXPECT_EQ(judge(compare({at(10, 0.9F)}, {at(10, 0.8F)}), std::vector{1e-4F}, kFloat),
            Verdict::kBeyond);
  EXPECT_EQ(judge(compare({at(10, 0.9F)}, {at(10.3F, 0.9F)}), {}, kFloat), Verdict::kBeyond);
  EXPECT_EQ(judge(compare({}, {at(10, 0.9F)}), {}, kFloat), Verdict::kBeyond);
}

TEST(Judge, WhatRoundsMayLoseAFew) {
  EXPECT_EQ(kRounded.beyond_of(4), 0U);
  EXPECT_EQ(kRounded.beyond_of(5), 1U);
  EXPECT_EQ(kRounded.beyond_of(100), 5U);
  EXPECT_EQ(kFloat.beyond_of(100), 0U);
  const DetectionSums one_of_five{5, 4, 1, 0, 0, 1, 0, 0};
  EXPECT_EQ(judge(one_of_five, {}, kRounded), Verdict::kWithin);
  EXPECT_EQ(judge(one_of_five, {}, kFloat), Verdict::kBeyond);
  EXPECT_EQ(judge({5, 3, 2, 0, 0, 2, 0, 0}, {}, kRounded), Verdict::kBeyond);
}

TEST(AllowedDifference, GrowsWithTheRounding) {
  const auto of = [](Precision precision) { return allowed_difference(precision); };
  EXPECT_LT(of(Precision::kFp32).heads, of(Precision::kTf32).heads);
  EXPECT_EQ(of(Precision::kTf32).heads, of(Precision::kFp16).heads);
  EXPECT_LT(of(Precision::kFp16).heads, of(Precision::kBf16).heads);
  EXPECT_EQ(of(Precision::kFp32).beyond_part, 0);
}

/// Finds something in each cell, with the object's bias given.
Model model_with(float object_bias, const TemporaryFolder& folder) {
  const auto cfg =
      folder.write("m.cfg",
                   "[net]\nwidth=64\nheight=64\nchannels=3\n[convolutional]\nfilters=6\n"
                   "size=16\nstride=16\npad=0\nactivation=linear\n[yolo]\nmask=0\n"
                   "anchors=16,16\nclasses=1\nnum=1\n");
  const std::array<std::int32_t, 5> header{0, 2, 5, 0, 0};
  std::vector<float> values(6 + 6 * 768, 0.0F);
  values[4] = object_bias;
  values[5] = 10;
  std::string bytes(reinterpret_cast<const char*>(header.data()), sizeof(header));
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  const auto weights = folder.write("m.weights", bytes);
  ModelArguments arguments;
  arguments.cfg = cfg.string();
  arguments.weights = weights.string();
  return load_model(arguments).value();
}

TEST(Verifier, ADeviceThatComputesWithAWrongBiasIsBeyond) {
  const TemporaryFolder folder;
  Model model = model_with(1, folder);
  const VerifyPictures made = make_up_pictures({64, 64});
  const auto verifier =
      Verifier::open(model, made.pictures, Options{}, [] { return false; }).value();
  EXPECT_EQ(verifier.compare({"cpu", "fp32", false}, true).verdict, Verdict::kWithin);
  model = model_with(2, folder);  // 0.73 becomes 0.88
  const VerifyResult wrong = verifier.compare({"cpu", "fp32", false}, false);
  EXPECT_EQ(wrong.verdict, Verdict::kBeyond);
  EXPECT_EQ(judge(wrong.sums, {}, kRounded), Verdict::kBeyond);
  EXPECT_GT(wrong.sums.matched, 60U);
  const auto pairs = wrong.worst;
  EXPECT_EQ(sum_up(pairs, allowed_difference(Precision::kBf16)).beyond, wrong.sums.matched);
}

std::vector<ChosenDevice> machine() {
  DeviceInfo gpu;
  gpu.id = "cuda:0";
  gpu.kind = "A card";
  gpu.precisions = {Precision::kFp32, Precision::kTf32, Precision::kFp16};
  DeviceInfo cpu;
  cpu.id = "cpu";
  cpu.precisions = {Precision::kFp32, Precision::kBf16};
  return {{"cuda:0", gpu}, {"cpu:2", cpu}};
}

std::vector<std::string> lanes(const std::vector<std::string>& precisions) {
  std::vector<std::string> names;
  const auto found = lanes_to_verify(machine(), precisions).value();
  names.reserve(found.size());
  for (const VerifyLane& lane : found) {
    names.push_back(lane.device + " " + lane.precision + (lane.head_engine ? " engine" : ""));
  }
  return names;
}

TEST(LanesToVerify, EachDeviceInEachPrecisionThatItHas) {
  EXPECT_THAT(lanes({}), ElementsAre("cuda:0 fp32 engine", "cuda:0 tf32 engine",
                                     "cuda:0 fp16 engine", "cpu:2 fp32", "cpu:2 bf16"));
  EXPECT_THAT(lanes({"fp16"}), ElementsAre("cuda:0 fp16 engine"));
  EXPECT_THAT(lanes({"fp32", "bf16"}),
              ElementsAre("cuda:0 fp32 engine", "cpu:2 fp32", "cpu:2 bf16"));
}

TEST(LanesToVerify, RefuseAPrecisionThatNoDeviceHas) {
  EXPECT_EQ(
      lanes_to_verify(machine(), {"fp32", "int8"}).error().message,
      "--precision int8: no device has it: cuda:0 has fp32, tf32 and fp16; cpu:2 has fp32 and "
      "bf16");
}

TEST(ReadPictures, SayWhichLimitEndedThem) {
  const TemporaryFolder folder;
  const auto bytes = encode_image(Image(10, 1).view(), ImageFormat::kPng).value();
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string name = folder.write("a.png", text).string();
  const auto read = [&](const PictureLimits& most) {
    auto inputs = Inputs::open({name, name, name}).value();
    return read_pictures(inputs, most).value();
  };
  EXPECT_EQ(read({3, 100}).more, More::kNone);
  EXPECT_EQ(read({2, 100}).more, More::kOverLimit);
  const VerifyPictures taken = read({3, 100, -1, 31});  // one has 30 bytes
  EXPECT_EQ(taken.more, More::kOverMemory);
  EXPECT_EQ(taken.pictures.size(), 2U);
}

TEST(VerifyTable, SaysWhichLimitEndedThePictures) {
  const TemporaryFolder folder;
  const Model model = model_with(1, folder);
  VerifyPictures pictures = make_up_pictures({64, 64});
  const Options options;
  pictures.more = More::kOverLimit;
  EXPECT_THAT(verify_table({model, options, pictures, "", 0, {}}),
              HasSubstr("pictures (the first ones; use --limit N for more), "));
  pictures.more = More::kOverMemory;
  EXPECT_THAT(verify_table({model, options, pictures, "", 0, {}}),
              HasSubstr("pictures (the first, whose pixels take 1 GiB, the most that is used), "));
}

TEST(MakeUpPictures, AreOfSeveralSizesAndTheSameEachTime) {
  const VerifyPictures made = make_up_pictures({32, 64});
  const VerifyPictures again = make_up_pictures({32, 64});
  EXPECT_TRUE(made.made_up);
  ASSERT_EQ(made.pictures.size(), 4U);
  EXPECT_EQ(made.pictures[0].pixels.width(), 32);
  EXPECT_EQ(made.pictures[0].pixels.height(), 64);
  EXPECT_EQ(made.pictures[3].pixels.width(), 97);
  for (std::size_t i = 0; i < made.pictures.size(); ++i) {
    const auto pixels = made.pictures[i].pixels.pixels();
    EXPECT_TRUE(
        std::equal(pixels.begin(), pixels.end(), again.pictures[i].pixels.pixels().begin()));
    EXPECT_GT(*std::max_element(pixels.begin(), pixels.end()), 100);
  }
  EXPECT_THAT(made.failed, IsEmpty());
}

}  // namespace
}  // namespace yolofleet::command
