// Pictures that come as files, with and without decoders before the lanes.

#include "fleet/decoders.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <set>
#include <system_error>

#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using testing::fake_device;
using testing::FakeScript;
using ::testing::HasSubstr;
using testing::open_fleet;
using testing::plain_options;
using testing::take_all;

/// A file of `width` x 3 pixels, as a Detector takes it.
EncodedImage file(int width) {
  return encode_image(Image(width, 3).view(), ImageFormat::kPng).value();
}

/// A lane that doesn't decode.
FakeScript takes_pixels(const std::string& device, std::size_t batch,
                        std::chrono::microseconds delay) {
  FakeScript script = fake_device(device, batch, delay);
  script.decodes = false;
  return script;
}

FleetOptions decoding(int threads) {
  FleetOptions options = plain_options();
  options.decode.threads = threads;
  return options;
}

/// Notes the nice value of the threads that take pixel memory from it.
class NotesPriority final : public PixelMemory {
 public:
  std::uint8_t* take(std::size_t /*bytes*/) noexcept override {
    nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    return nullptr;  // the heap then
  }
  void give_back(std::uint8_t* /*memory*/, std::size_t /*bytes*/) noexcept override {}

  std::atomic<int> nice = 0;
};

TEST(Decoders, TheCpusThreadsGiveWayToThoseThatFeedDevices) {
  const auto memory = std::make_shared<NotesPriority>();
  FleetOptions options = decoding(1);
  options.decode.files.limits.memory = memory;
  const auto fleet =
      open_fleet({takes_pixels("a", 1, std::chrono::microseconds{0})}, std::move(options));
  ASSERT_TRUE(fleet->submit(file(5)));
  fleet->finish();
  take_all(*fleet);
  const int own = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
  EXPECT_EQ(memory->nice, std::min(own + 10, 19));
}

TEST(Decoders, LanesGetPixelsAndResultsKeepTheirOrder) {
  const auto fleet = open_fleet({takes_pixels("a", 4, std::chrono::microseconds{50}),
                                 takes_pixels("b", 3, std::chrono::microseconds{0})},
                                decoding(3));
  constexpr int kPictures = 300;
  std::thread source([&] {
    for (int i = 0; i < kPictures; ++i) {
      ASSERT_TRUE(fleet->submit(file(1 + i % 50)));
    }
    fleet->finish();
  });
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), static_cast<std::size_t>(kPictures));
  for (int i = 0; i < kPictures; ++i) {
    const auto& result = results[static_cast<std::size_t>(i)];
    EXPECT_EQ(result.index, static_cast<std::uint64_t>(i));
    EXPECT_EQ(result.width, 1 + i % 50);  // a fake lane tells an image's width, a file's bytes
    EXPECT_FALSE(result.error);
  }
  const FleetReport report = fleet->report();
  EXPECT_EQ(report.decode_threads, 3);
  EXPECT_GT(report.decode_seconds, 0);
  EXPECT_EQ(report.decoded_by_threads, 300U);
  EXPECT_TRUE(report.decoders.empty());
}

TEST(Decoders, AFileThatCantBeDecodedNeverReachesALane) {
  const auto fleet = open_fleet({takes_pixels("a", 1, {})}, decoding(1));
  ASSERT_TRUE(fleet->submit(EncodedImage(10)));
  ASSERT_TRUE(fleet->submit(file(7)));
  fleet->finish();
  const auto results = take_all(*fleet);
  ASSERT_EQ(results.size(), 2U);
  ASSERT_TRUE(results[0].error);
  EXPECT_THAT(results[0].error->message, HasSubstr("can be read"));
  EXPECT_EQ(results[0].device, "");
  EXPECT_EQ(results[1].width, 7);
  EXPECT_EQ(fleet->report().failures, 1U);
  EXPECT_EQ(fleet->report().devices[0].pictures, 1U);
}

TEST(Decoders, PixelsThatAreThereAreLeftAlone) {
  const auto fleet = open_fleet({takes_pixels("a", 1, {})}, decoding(2));
  ASSERT_TRUE(fleet->submit(Image(9, 9)));
  fleet->finish();
  EXPECT_EQ(take_all(*fleet).at(0).width, 9);
  EXPECT_EQ(fleet->report().decode_seconds, 0);
}

TEST(Decoders, WhatIsBeingDecodedCountsAsUnderWay) {
  std::atomic<bool> open = false;
  auto script = testing::closed_by(open);
  script.slots = 1;
  script.decodes = false;
  const auto fleet = open_fleet({script}, decoding(2));
  std::size_t accepted = 0;
  for (int i = 0; i < 100; ++i) {
    Picture picture = file(2);
    accepted += fleet->try_submit(picture).value().has_value();
  }
  EXPECT_EQ(accepted, fleet->capacity());
  open = true;
}

TEST(Decoders, RunIfOneLaneOfSeveralDoesntDecode) {
  const auto fleet = open_fleet({fake_device("a", 1, {}), takes_pixels("b", 1, {})}, decoding(2));
  EXPECT_EQ(fleet->report().decode_threads, 2);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(fleet->submit(file(7)));
    EXPECT_EQ(fleet->next()->width, 7);
  }
}

TEST(Decoders, DontRunIfAllLanesDecode) {
  const auto fleet = open_fleet({fake_device("a", 1, {}), fake_device("b", 1, {})}, decoding(2));
  EXPECT_EQ(fleet->report().decode_threads, 0);
  ASSERT_TRUE(fleet->submit(EncodedImage(5)));
  EXPECT_EQ(fleet->next()->width, 5) << "the lane got the file";
}

TEST(Decoders, AFileThatCantBeDecodedKeepsItsTag) {
  const auto fleet = open_fleet({takes_pixels("a", 1, {})}, decoding(1));
  ASSERT_TRUE(fleet->submit(EncodedImage(10), std::string{"bad.jpg"}));
  EXPECT_EQ(std::any_cast<std::string>(fleet->next()->tag), "bad.jpg");
}

TEST(Decoders, MayEndWhileTheyAreBusy) {
  for (int round = 0; round < 20; ++round) {
    const auto fleet = open_fleet({takes_pixels("a", 2, {})}, decoding(4));
    for (int i = 0; i < 6; ++i) {
      Picture picture = file(400);
      ASSERT_TRUE(fleet->try_submit(picture));
    }
  }
}

// Sanitizers take more memory than this allows.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// Starts more threads than there is room for the stacks of; exits with 0 if it is told so.
[[noreturn]] void start_too_many() {
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  const rlim_t now = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
  rlimit room{};
  ::getrlimit(RLIMIT_AS, &room);
  room.rlim_cur = now + (rlim_t{256} << 20U);
  ::setrlimit(RLIMIT_AS, &room);
  try {
    DecodeOptions options;
    options.threads = 1000;
    const Decoders decoders{options, {}, {[](const auto&) {}, [](auto, auto) {}}};
  } catch (const std::system_error&) {
    std::_Exit(0);
  }
  std::_Exit(1);
}

TEST(Decoders, EndWhereAThreadCantBeStarted) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(start_too_many(), ::testing::ExitedWithCode(0), "");
}
#endif

TEST(Decoders, PutPixelsWhereTheyAreTold) {
  class Memory final : public PixelMemory {
   public:
    std::uint8_t* take(std::size_t bytes) noexcept override {
      sizes_.insert(bytes);
      return nullptr;
    }
    void give_back(std::uint8_t*, std::size_t) noexcept override {}
    std::set<std::size_t> sizes_;
  };
  const auto memory = std::make_shared<Memory>();
  FleetOptions options = decoding(1);
  options.decode.files.limits.memory = memory;
  const auto fleet = open_fleet({takes_pixels("a", 1, {})}, options);
  ASSERT_TRUE(fleet->submit(file(11)));
  fleet->finish();
  take_all(*fleet);
  EXPECT_EQ(memory->sizes_, std::set<std::size_t>{11 * 3 * 3});
}

}  // namespace
}  // namespace yolofleet::fleet
