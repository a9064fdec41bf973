// The self-test: before a fleet takes pictures, each lane runs the same one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <thread>

#include "fleet/support.hpp"
#include "fleet/test_picture.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::fake;
using testing::fake_device;
using testing::FakeScript;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::plain_options;
using testing::source_of;
using testing::take_all;

FleetOptions tested(OnDeviceError on_device_error = OnDeviceError::kFail) {
  FleetOptions options = plain_options();
  options.self_test = true;
  options.max_detections = 300;
  options.on_device_error = on_device_error;
  return options;
}

/// Finds one box in every picture.
FakeScript finds(const std::string& device, float x, float confidence = 0.5F) {
  FakeScript script = fake_device(device, 2, 0us);
  script.found = [x, confidence](const backend::Job&) {
    return std::vector<Detection>{{{x, 10, 100, 50}, 3, confidence}};
  };
  return script;
}

FakeScript fails(const std::string& device) {
  FakeScript script = fake_device(device, 2, 0us);
  script.error = [device](std::uint64_t) { return Error{ErrorCode::kDevice, device + ": gone"}; };
  return script;
}

Result<std::unique_ptr<Fleet>> open(const std::vector<FakeScript>& scripts,
                                    const FleetOptions& options = tested()) {
  std::vector<OpenLane> lanes;
  for (const FakeScript& script : scripts) {
    lanes.push_back(fake(script));
  }
  return Fleet::open(lanes, options);
}

std::string error_of(const std::vector<FakeScript>& scripts,
                     const FleetOptions& options = tested()) {
  const auto fleet = open(scripts, options);
  if (fleet) {
    return "none";
  }
  EXPECT_EQ(fleet.error().code, ErrorCode::kDevice);
  return fleet.error().message;
}

TEST(SelfTest, LanesThatAgreeAreUsedAndNothingIsCounted) {
  const auto fleet = open({finds("a", 0), finds("b", 0), finds("c", 0)}).value();
  EXPECT_THAT(fleet->warnings(), IsEmpty());
  FleetReport report = fleet->report();
  EXPECT_EQ(report.pictures, 0U);
  EXPECT_EQ(report.seconds, 0);
  ASSERT_EQ(report.devices.size(), 3U);
  for (const DeviceReport& device : report.devices) {
    EXPECT_FALSE(device.error);
    EXPECT_EQ(device.pictures + device.batches, 0U);
    EXPECT_EQ(device.busy_seconds, 0);
  }
  std::thread source = source_of(*fleet, 50);
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), 50U);
  EXPECT_EQ(results.back().index, 49U);
}

TEST(SelfTest, AllLookAtTheSamePictureForEveryBoxThereIs) {
  std::atomic<int> looked = 0;
  const Image expected = test_picture();
  FakeScript script = finds("a", 0);
  script.found = [&](const backend::Job& job) {
    const auto& picture = std::get<Image>(job.picture);
    EXPECT_EQ(picture.width(), expected.width());
    EXPECT_EQ(picture.height(), expected.height());
    EXPECT_THAT(picture.pixels(), ElementsAreArray(expected.pixels()));
    EXPECT_EQ(job.thresholds->confidence, 0.01F);
    EXPECT_GT(job.thresholds->nms, 1.0F);
    ++looked;
    return std::vector<Detection>{{{}, 0, 0.5F}};
  };
  EXPECT_TRUE(open({script, script}));
  EXPECT_EQ(looked, 2);
}

TEST(SelfTest, PicturesOfTheRunHaveTheLanesOwnThresholds) {
  FakeScript script = finds("a", 0);
  script.found = [](const backend::Job& job) {
    return std::vector<Detection>(job.thresholds ? 1 : 2, Detection{{}, 0, 0.5F});
  };
  const auto fleet = open({script, script}).value();
  ASSERT_TRUE(fleet->submit(testing::picture_of(1)));
  EXPECT_EQ(fleet->next()->detections.size(), 2U);
}

TEST(SelfTest, OfThreeTheOneThatDiffersIsNamedAndNotUsed) {
  for (const auto mode : {OnDeviceError::kFail, OnDeviceError::kContinue}) {
    const auto fleet = open({finds("a", 0), finds("b", 50, 0.4F), finds("c", 0)}, tested(mode));
    ASSERT_TRUE(fleet);
    EXPECT_THAT(
        (*fleet)->warnings(),
        ElementsAre("b isn't used: its detections for the self-test's picture (1 box, confidence "
                    "0.4) differ from those of a (1 box, confidence 0.5) and c (1 box, confidence "
                    "0.5)"));
    EXPECT_THAT((*fleet)->descriptions(), ElementsAre("a: fake", "c: fake"));
    EXPECT_EQ((*fleet)->capacity(), (*open({finds("a", 0), finds("c", 0)}))->capacity());
    std::thread source = source_of(**fleet, 50);
    for (const PictureResult& result : take_all(**fleet)) {
      EXPECT_NE(result.device, "b");
      EXPECT_FALSE(result.error);
    }
    source.join();
    const FleetReport report = (*fleet)->report();
    ASSERT_TRUE(report.devices[1].error);
    EXPECT_EQ(report.devices[1].error->code, ErrorCode::kDevice);
    EXPECT_EQ(report.devices[1].pictures, 0U);
    EXPECT_EQ(report.devices[0].pictures + report.devices[2].pictures, 50U);
  }
}

TEST(SelfTest, OfTwoBothAreNamedAndNothingIsRun) {
  const std::string message =
      "a (1 box, confidence 0.5) and b (no boxes) give different detections for the self-test's "
      "picture; which of them is wrong can't be determined";
  FakeScript blind = fake_device("b", 1, 0us);
  EXPECT_EQ(error_of({finds("a", 0), blind}), message);
  EXPECT_EQ(error_of({finds("a", 0), blind}, tested(OnDeviceError::kContinue)), message);
}

TEST(SelfTest, WithoutAMajorityAllAreNamed) {
  FakeScript two = finds("c", 90);
  two.found = [](const backend::Job&) {
    return std::vector<Detection>{{{0, 0, 9, 9}, 1, 0.25F}, {{0, 0, 9, 9}, 2, 0.125F}};
  };
  EXPECT_THAT(error_of({finds("a", 0), finds("b", 50), two}),
              HasSubstr("a (1 box, confidence 0.5), b (1 box, confidence 0.5) and c (2 boxes, "
                        "highest confidence 0.25) give different detections"));
}

TEST(SelfTest, AcrossKindsWhatRoundingDoesIsAllowed) {
  FakeScript other = finds("b", 2, 0.45F);
  other.kind = "another";
  other.precision = Precision::kFp16;
  EXPECT_EQ(error_of({finds("a", 0), other}), "none");
  other.kind = "fake";
  EXPECT_THAT(error_of({finds("a", 0), other}),
              HasSubstr("a (1 box, confidence 0.5) and b (1 box, confidence 0.45)"));
  FakeScript beyond = finds("b", 2, 0.3F);
  beyond.kind = "another";
  beyond.precision = Precision::kFp16;
  EXPECT_THAT(error_of({finds("a", 0), beyond}),
              HasSubstr("a (1 box, confidence 0.5) and b (1 box, confidence 0.3)"));
}

TEST(SelfTest, ListsThatWereCutAreNotComparedBelowTheirEnds) {
  FakeScript other = finds("b", 0);
  other.kind = "another";
  other.found = [](const backend::Job&) {
    return std::vector<Detection>{{{200, 10, 100, 50}, 3, 0.501F}};
  };
  FleetOptions options = tested();
  EXPECT_NE(error_of({finds("a", 0), other}, options), "none");
  options.max_detections = 1;  // the two may be as strong, and each lane keeps another
  EXPECT_EQ(error_of({finds("a", 0), other}, options), "none");
}

TEST(SelfTest, OfVeryManyTheStrongestAreCompared) {
  const auto boxes = [](float x) {  // the weak ones are at x
    return [x](const backend::Job&) {
      std::vector<Detection> found(300, Detection{{0, 0, 9, 9}, 0, 0.5F});
      found.resize(400, Detection{{x, 0, 9, 9}, 0, 0.4F});
      return found;
    };
  };
  FakeScript one = finds("a", 0);
  FakeScript other = finds("b", 0);
  one.found = boxes(20);
  other.found = boxes(70);
  FleetOptions options = tested();
  for (const int limit : {1000, 0}) {
    options.max_detections = limit;
    for (const char* const kind : {"fake", "another"}) {
      other.kind = kind;
      EXPECT_EQ(error_of({one, other}, options), "none") << kind << ", at most " << limit;
    }
  }
}

TEST(SelfTest, AskedOfLessWhereNothingIsFound) {
  std::vector<float> asked;
  FakeScript script = fake_device("a", 1, 0us);
  script.found = [&](const backend::Job& job) {
    asked.push_back(job.thresholds->confidence);
    return asked.size() == 1 ? std::vector<Detection>{} : std::vector<Detection>{{{}, 0, 0.001F}};
  };
  FakeScript blind = fake_device("b", 1, 0us);
  EXPECT_THAT(error_of({script, blind}), HasSubstr("a (1 box, confidence 0.001) and b (no boxes)"));
  EXPECT_THAT(asked, ElementsAre(0.01F, 0.0001F));
}

/// Finds a box of that confidence where that much is asked for, as a real lane does.
FakeScript finds_faintly(const std::string& kind, float confidence, std::vector<float>* asked) {
  FakeScript script = fake_device(kind, 1, 0us);
  script.kind = kind;
  script.precision = Precision::kFp16;
  script.found = [=](const backend::Job& job) {
    if (asked != nullptr) {
      asked->push_back(job.thresholds->confidence);
    }
    return std::vector<Detection>(confidence > job.thresholds->confidence ? 1 : 0,
                                  Detection{{0, 10, 100, 50}, 3, confidence});
  };
  return script;
}

TEST(SelfTest, AskedOfLessWhereTheOtherKindMayHaveMissedWhatIsFound) {
  std::vector<float> asked;
  EXPECT_THAT(error_of({finds_faintly("a", 0.012F, &asked), finds_faintly("b", 0.0F, nullptr)}),
              HasSubstr("a (1 box, confidence 0.012) and b (no boxes)"));
  EXPECT_THAT(asked, ElementsAre(0.01F, 0.0001F));
}

TEST(SelfTest, ThatThereIsNoRoomToCompareIsSaid) {
  std::vector<float> asked;
  FleetOptions options = tested();
  options.max_detections = 1;
  const auto fleet =
      open({finds_faintly("a", 0.5F, &asked), finds_faintly("b", 0.4F, nullptr)}, options).value();
  EXPECT_THAT(asked, ElementsAre(0.01F));
  EXPECT_THAT(fleet->warnings(), ElementsAre(HasSubstr("found too few boxes")));
}

TEST(SelfTest, ThatNobodyFoundAnythingIsSaid) {
  const auto fleet = open({fake_device("a", 1, 0us), fake_device("b", 1, 0us)}).value();
  EXPECT_THAT(fleet->warnings(),
              ElementsAre("the self-test found too few boxes to compare all devices"));
}

TEST(SelfTest, OneThatFailsIsAsOneThatCantBeOpened) {
  const std::vector<FakeScript> scripts{finds("a", 0), fails("b"), finds("c", 0)};
  EXPECT_EQ(error_of(scripts), "b: failed the self-test: gone");
  const auto fleet = open(scripts, tested(OnDeviceError::kContinue)).value();
  EXPECT_THAT(fleet->warnings(), ElementsAre("b isn't used: failed the self-test: gone"));
  EXPECT_EQ(fleet->report().devices[1].error->message, "b: failed the self-test: gone");
  EXPECT_THAT(fleet->descriptions(), ElementsAre("a: fake", "c: fake"));
  EXPECT_EQ(error_of({fails("a"), fails("b")}, tested(OnDeviceError::kContinue)),
            "a: failed the self-test: gone");
}

/// Lanes that don't answer before this object is destroyed, which waits until all of them are gone.
class Hanging {
 public:
  Hanging() = default;
  Hanging(const Hanging&) = delete;
  Hanging& operator=(const Hanging&) = delete;
  ~Hanging() {
    *answer_ = true;
    const std::weak_ptr lanes = std::exchange(answer_, nullptr);
    for (const auto end = Clock::now() + 20s; !lanes.expired() && Clock::now() < end;) {
      std::this_thread::sleep_for(1ms);
    }
    EXPECT_TRUE(lanes.expired()) << "a lane that was given up is still there";
  }

  FakeScript lane(const std::string& device) const {
    FakeScript script = fake_device(device, 2, 0us);
    script.found = [answer = answer_](const backend::Job&) {
      while (!*answer) {
        std::this_thread::sleep_for(1ms);
      }
      return std::vector<Detection>{};
    };
    return script;
  }

 private:
  std::shared_ptr<std::atomic<bool>> answer_ = std::make_shared<std::atomic<bool>>(false);
};

TEST(SelfTest, OneThatDoesntAnswerIsAsOneThatFails) {
  FleetOptions options = tested();
  options.self_test_limit = 1s;
  const Hanging hanging;
  EXPECT_EQ(error_of({finds("a", 0), hanging.lane("b"), finds("c", 0)}, options),
            "b: failed the self-test: no answer within 1 s");
  options.on_device_error = OnDeviceError::kContinue;
  EXPECT_EQ(error_of({hanging.lane("a"), hanging.lane("b")}, options),
            "a: failed the self-test: no answer within 1 s");
}

class NoMemory final : public PixelMemory {
 public:
  std::uint8_t* take(std::size_t) noexcept override { return nullptr; }
  void give_back(std::uint8_t*, std::size_t) noexcept override {}
};

TEST(SelfTest, PageLockedMemoryStaysAsLongAsALaneThatWasGivenUp) {
  FleetOptions options = tested();
  options.self_test_limit = 1s;
  options.decode.files.limits.memory = std::make_shared<NoMemory>();
  const std::weak_ptr memory = options.decode.files.limits.memory;
  auto hanging = std::make_unique<Hanging>();
  EXPECT_FALSE(open({finds("a", 0), hanging->lane("b")}, options));
  options.decode.files.limits.memory.reset();
  EXPECT_FALSE(memory.expired());
  hanging.reset();
  for (const auto end = Clock::now() + 20s; !memory.expired() && Clock::now() < end;) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_TRUE(memory.expired());
}

TEST(SelfTest, WhatOneAnswersThatWasGivenUpIsDropped) {
  FleetOptions options = tested(OnDeviceError::kContinue);
  options.self_test_limit = 1s;
  auto hanging = std::make_unique<Hanging>();
  const auto fleet = open({finds("a", 0), hanging->lane("b"), finds("c", 0)}, options).value();
  EXPECT_THAT(fleet->warnings(),
              ElementsAre("b isn't used: failed the self-test: no answer within 1 s"));
  std::thread source = source_of(*fleet, 50);
  hanging.reset();
  for (const PictureResult& result : take_all(*fleet)) {
    EXPECT_NE(result.device, "b");
  }
  source.join();
  EXPECT_EQ(fleet->report().pictures, 50U);
}

TEST(SelfTest, ALaneThatTakesNoPictureFails) {
  FakeScript full = finds("b", 0);
  full.slots = 0;
  EXPECT_EQ(error_of({finds("a", 0), full}), "b: failed the self-test: it accepts no picture");
}

TEST(SelfTest, OneThatIsLeftIsNotComparedWithItself) {
  const auto fleet = open({finds("a", 0), fails("b")}, tested(OnDeviceError::kContinue)).value();
  EXPECT_THAT(fleet->descriptions(), ElementsAre("a: fake"));
}

TEST(SelfTest, NotOfASingleLaneAndNotWhereItIsOff) {
  std::atomic<int> looked = 0;
  FakeScript script = fake_device("a", 1, 0us);
  script.found = [&](const backend::Job&) {
    ++looked;
    return std::vector<Detection>{};
  };
  EXPECT_TRUE(open({script}));
  FleetOptions off = tested();
  off.self_test = false;
  EXPECT_TRUE(open({script, finds("b", 0)}, off));
  EXPECT_EQ(looked, 0);
}

TEST(TestPicture, IsTheSameEveryTime) {
  const Image a = test_picture();
  const Image b = test_picture();
  ASSERT_EQ(a.pixels().size(), b.pixels().size());
  EXPECT_EQ(std::memcmp(a.pixels().data(), b.pixels().data(), a.pixels().size()), 0);
}

}  // namespace
}  // namespace yolofleet::fleet
