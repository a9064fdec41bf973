// The host memory of pictures under way is bounded in bytes.

#include "fleet/budget.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using backend::HostBytes;
using testing::closed_by;
using testing::fake_device;
using testing::FakeScript;
using testing::Gauge;
using testing::open_fleet;
using testing::picture_of;
using testing::plain_options;
using testing::take_all;

TEST(Budget, CountsWhatAPictureTakesNow) {
  EXPECT_EQ(bytes_of(EncodedImage(7)).files, 7U);
  EXPECT_EQ(bytes_of(EncodedImage(7)).pixels, 0U);
  EXPECT_EQ(bytes_of(Image(4, 5)).pixels, 60U);
  EXPECT_EQ(bytes_of(Image(4, 5)).files, 0U);
  const Image callers(4, 5);
  EXPECT_EQ(bytes_of(callers.view()).pixels, 0U) << "the pixels are the caller's";
  EXPECT_EQ(decoded_bytes_of(callers.view(), {}), 0U);
  EXPECT_EQ(decoded_bytes_of(encode_image(callers.view(), ImageFormat::kPng).value(), {}), 60U);
}

TEST(Budget, HasRoomUpToItsBoundAndForOneAlone) {
  Budget budget{{.files = 10, .pixels = 100}};
  EXPECT_TRUE(budget.has_room({.files = 11, .pixels = 101})) << "nothing else is there";
  HostBytes first{};
  budget.change(first, {.files = 6, .pixels = 60});
  EXPECT_TRUE(budget.has_room({.files = 4, .pixels = 40}));
  EXPECT_FALSE(budget.has_room({.files = 5, .pixels = 0}));
  EXPECT_FALSE(budget.has_room({.files = 0, .pixels = 41}));
  EXPECT_TRUE(budget.has_room({}));
  budget.change(first, {.files = 0, .pixels = 60});  // it was decoded
  EXPECT_EQ(first.files, 0U);
  EXPECT_TRUE(budget.has_room({.files = 99, .pixels = 0}));
  budget.remove(first);
  EXPECT_EQ(budget.held().pixels, 0U);
}

/// Pixels on the heap, and the most bytes of them that ever were there.
class CountedPixels final : public PixelMemory {
 public:
  std::uint8_t* take(std::size_t bytes) noexcept override {
    gauge_.add(bytes);
    return static_cast<std::uint8_t*>(std::malloc(bytes));
  }
  void give_back(std::uint8_t* memory, std::size_t bytes) noexcept override {
    std::free(memory);
    gauge_.remove(bytes);
  }
  std::size_t most() const { return gauge_.most(); }

 private:
  Gauge gauge_;
};

/// Waits for it, but not for ever.
void until(const std::function<bool()>& condition) {
  for (const auto end = Clock::now() + 20s; !condition() && Clock::now() < end;) {
    std::this_thread::sleep_for(1ms);
  }
}

/// A square picture of `side` * `side` * 3 bytes when it is decoded, as a file.
EncodedImage square(int side) {
  return encode_image(Image(side, side).view(), ImageFormat::kPng).value();
}

FakeScript takes_pixels(std::size_t batch, std::chrono::microseconds delay) {
  FakeScript script = fake_device("a", batch, delay);
  script.decodes = false;
  return script;
}

constexpr int kSmall = 10;   // 300 bytes
constexpr int kLarge = 100;  // 30,000 bytes
constexpr int kHuge = 300;   // 270,000 bytes
constexpr std::size_t kLargeBytes = 30'000;
constexpr std::size_t kHugeBytes = 270'000;
constexpr std::size_t kMost = 100'000;

struct Case {
  bool ordered;
  bool keep_pixels;
  bool huge;  ///< one picture in 40 is larger than the bound
};

/// Runs pictures of mixed sizes through a slow lane and a fast one; returns the most bytes that
/// their pixels took.
std::size_t most_bytes_of(const Case& how) {
  const auto memory = std::make_shared<CountedPixels>();
  FleetOptions options = plain_options();
  options.ordered = how.ordered;
  options.keep_pixels = how.keep_pixels;
  options.decode.threads = 4;
  options.decode.files.limits.memory = memory;
  options.most_bytes.pixels = kMost;
  FakeScript slow = takes_pixels(4, 3ms);
  FakeScript fast = takes_pixels(3, 100us);
  slow.keep_pixels = fast.keep_pixels = how.keep_pixels;
  const auto fleet = open_fleet({slow, fast}, options);
  constexpr std::uint64_t kPictures = 200;
  std::thread source([&] {
    for (std::uint64_t i = 0; i < kPictures; ++i) {
      const int mixed = i % 3 == 0 ? kSmall : kLarge;
      ASSERT_TRUE(fleet->submit(square(how.huge && i % 40 == 7 ? kHuge : mixed)));
    }
    fleet->finish();
  });
  std::uint64_t taken = 0;
  while (const auto result = fleet->next()) {
    EXPECT_FALSE(result->error);
    if (how.ordered) {
      EXPECT_EQ(result->index, taken);
    }
    ++taken;
  }
  source.join();
  EXPECT_EQ(taken, kPictures);
  return memory->most();
}

TEST(Bytes, OfDecodedPicturesStayWithinTheBound) {
  for (const bool ordered : {true, false}) {
    const std::size_t most = most_bytes_of({ordered, false, false});
    EXPECT_LE(most, kMost);
    EXPECT_GT(most, kMost / 2) << "the bound is what limits";
    EXPECT_LE(most_bytes_of({ordered, false, true}), kHugeBytes) << "it was alone";
  }
}

TEST(Bytes, OfResultsWithPixelsAreCounted) {
  for (const bool ordered : {true, false}) {
    // The taker has one more, and the next in order may go over the bound.
    EXPECT_LE(most_bytes_of({ordered, true, false}), kMost + 2 * kLargeBytes);
  }
}

TEST(Bytes, OfResultsThatNobodyTakesStopTheFleet) {
  const auto memory = std::make_shared<CountedPixels>();
  FleetOptions options = plain_options();
  options.keep_pixels = true;
  options.decode.files.limits.memory = memory;
  options.most_bytes.pixels = kMost;
  FakeScript lane = takes_pixels(1, 0us);
  lane.keep_pixels = true;
  const auto fleet = open_fleet({lane}, options);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(fleet->submit(square(kLarge)));
  }
  until([&] { return memory->most() >= 3 * kLargeBytes; });
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(memory->most(), 3 * kLargeBytes);
  fleet->finish();
  EXPECT_EQ(take_all(*fleet).size(), 8U);
}

TEST(Bytes, OfALaneThatDecodesAreThoseOfItsPixels) {
  for (const int side : {kSmall, kLarge, kHuge}) {
    const std::size_t most = side == kSmall ? 8 : side == kLarge ? 3 : 1;
    Gauge gauge;
    std::atomic<bool> open = false;
    FakeScript lane = closed_by(open);  // until it is full
    lane.slots = 8;
    lane.gauge = &gauge;
    FleetOptions options = plain_options();
    options.most_bytes.pixels = kMost;
    const auto fleet = open_fleet({lane}, options);
    for (int i = 0; i < 16; ++i) {
      ASSERT_TRUE(fleet->submit(square(side)));
    }
    fleet->finish();
    until([&] { return gauge.now() == most; });
    open = true;
    EXPECT_EQ(take_all(*fleet).size(), 16U);
    EXPECT_EQ(gauge.most(), most);
  }
}

TEST(Bytes, OfFilesStayWithinTheBound) {
  std::atomic<bool> open = false;
  FleetOptions options = plain_options();
  options.most_bytes.files = 10'500;
  const auto fleet = open_fleet({closed_by(open)}, options);
  std::size_t accepted = 0;
  for (int i = 0; i < 16; ++i) {
    Picture picture = picture_of(1000);
    accepted += fleet->try_submit(picture).value().has_value();
  }
  EXPECT_EQ(accepted, 10U);
  Picture small = picture_of(500);
  EXPECT_TRUE(fleet->try_submit(small).value());
  std::thread larger_than_the_bound([&] {
    EXPECT_EQ(fleet->submit(picture_of(50'000)).value(), 11U);
    fleet->finish();
  });
  open = true;
  EXPECT_EQ(take_all(*fleet).size(), 12U);
  larger_than_the_bound.join();
}

TEST(Bytes, OfALargePictureArentTakenByLaterOnes) {
  FleetOptions options = plain_options();
  options.ordered = false;
  options.most_bytes.files = 1000;
  const auto fleet = open_fleet({fake_device("a", 1, 300us)}, options);
  constexpr std::uint64_t kSmallOnes = 1600;  // they take half a second
  std::atomic<int> running = 2;
  std::vector<std::thread> sources;
  for (int i = 0; i < 2; ++i) {
    sources.emplace_back([&] {
      for (std::uint64_t n = 0; n < kSmallOnes / 2; ++n) {
        ASSERT_TRUE(fleet->submit(picture_of(100)));
      }
      if (--running == 0) {
        fleet->finish();
      }
    });
  }
  std::thread taker([&] { EXPECT_EQ(take_all(*fleet).size(), kSmallOnes + 1); });
  std::this_thread::sleep_for(10ms);
  EXPECT_LT(fleet->submit(picture_of(5000)).value(), kSmallOnes / 2);
  for (std::thread& source : sources) {
    source.join();
  }
  taker.join();
}

TEST(Bytes, ThatAreShortLetAPartOfABatchGo) {
  FleetOptions options = plain_options();
  options.max_wait = 1h;
  options.most_bytes.pixels = kMost;
  for (const bool files : {true, false}) {
    const auto fleet = open_fleet({takes_pixels(16, 0us)}, options);
    std::thread source([&] {
      for (int i = 0; i < 9; ++i) {
        ASSERT_TRUE(files ? fleet->submit(square(kLarge)) : fleet->submit(Image(kLarge, kLarge)));
      }
      while (fleet->report().pictures < 6) {  // nobody takes results or finishes before
        std::this_thread::sleep_for(1ms);
      }
      fleet->finish();
    });
    source.join();
    EXPECT_EQ(take_all(*fleet).size(), 9U);
  }
}

TEST(Bytes, AreThereForThePictureWhoseTurnItIs) {
  // The first picture comes back from a lost lane when others have taken all bytes. Their results
  // can't be taken before its own.
  FakeScript lost = fake_device("lost", 1, 100ms);
  lost.slots = 1;
  lost.error = [](std::uint64_t) { return Error{ErrorCode::kDevice, "gone"}; };
  FakeScript good = fake_device("good", 1, 0us);
  good.slots = 1;
  good.keep_pixels = true;
  good.delay = [](std::uint64_t ticket) { return ticket == 1 ? 300ms : 0ms; };
  FleetOptions options = plain_options();
  options.keep_pixels = true;
  options.on_device_error = OnDeviceError::kContinue;
  options.most_bytes.pixels = kMost;
  const auto fleet = open_fleet({lost, good}, options);
  std::thread source([&] {
    ASSERT_TRUE(fleet->submit(square(kLarge)));
    for (int i = 1; i < 12; ++i) {
      ASSERT_TRUE(fleet->submit(Image(kLarge, kLarge)));
    }
    fleet->finish();
  });
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), 12U);
  for (const PictureResult& result : results) {
    EXPECT_FALSE(result.error);
    EXPECT_EQ(result.device, "good");
  }
}

TEST(Bytes, ComeBackFromPicturesThatNoLaneIsLeftFor) {
  FakeScript lost = takes_pixels(1, 0us);
  lost.error = [](std::uint64_t) { return Error{ErrorCode::kDevice, "gone"}; };
  FleetOptions options = plain_options();
  options.on_device_error = OnDeviceError::kContinue;
  options.most_bytes.pixels = kMost;
  const auto fleet = open_fleet({lost}, options);
  std::thread source([&] {
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(fleet->submit(square(kLarge)));
    }
    fleet->finish();
  });
  EXPECT_EQ(take_all(*fleet).size(), 40U);
  source.join();
  EXPECT_EQ(fleet->report().failures, 40U);
}

}  // namespace
}  // namespace yolofleet::fleet
