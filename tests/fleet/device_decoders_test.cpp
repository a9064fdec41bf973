// Devices that decode files, side by side with the CPU.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "backend/fake/decoder.hpp"
#include "fleet/counts_callers.hpp"
#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using backend::fake::DecoderScript;
using ::testing::ElementsAre;
using testing::FakeScript;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::open_fleet;
using testing::plain_options;
using testing::take_all;

constexpr std::size_t kLargest = 1000;  // bytes; no decoder below takes a larger file

/// A file of `width` x 3 pixels.
EncodedImage file(int width) {
  return encode_image(Image(width, 3).view(), ImageFormat::kPng).value();
}

/// One that no decoder of a device takes.
EncodedImage large_file(int width) {
  EncodedImage made = file(width);
  made.resize(kLargest + 1);
  return made;
}

DecoderScript decoder(std::size_t batch, std::size_t blocks, std::chrono::milliseconds delay = {}) {
  DecoderScript script;
  script.batch = batch;
  script.blocks = blocks;
  script.delay = delay;
  script.largest = kLargest;
  return script;
}

/// A lane of a device with a decoder.
FakeScript lane(const std::string& device, std::size_t batch, std::chrono::microseconds delay,
                const DecoderScript& decoder) {
  FakeScript script = testing::lane_of_device(device, batch, delay);
  script.decoder = [device, decoder](std::vector<std::string>&) {
    return Result<std::unique_ptr<backend::Decoder>>(
        backend::fake::make_decoder(device, decoder, kDefaultMaxPixels));
  };
  return script;
}

FleetOptions decoding(Decode decode) {
  FleetOptions options = plain_options();
  options.decode.decode = decode;
  return options;
}

int width_of(std::size_t i) {
  return 1 + static_cast<int>(i % 50);
}

/// Submits `count` files, each `every`-th one for the CPU only, and checks that each has its own
/// result, in order.
void run_in_order(Fleet& fleet, std::size_t count, std::size_t every = 1'000'000) {
  std::thread source([&] {
    for (std::size_t i = 0; i < count; ++i) {
      const bool large = i % every == every - 1;
      ASSERT_TRUE(fleet.submit(large ? large_file(width_of(i)) : file(width_of(i)), i));
    }
    fleet.finish();
  });
  const auto results = take_all(fleet);
  source.join();
  ASSERT_EQ(results.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_FALSE(results[i].error) << results[i].error->message;
    ASSERT_EQ(results[i].index, i);
    ASSERT_EQ(results[i].width, width_of(i));
    ASSERT_EQ(std::any_cast<std::size_t>(results[i].tag), i);
  }
}

std::uint64_t decoded_by_all(const FleetReport& report) {
  std::uint64_t sum = report.decoded_by_threads;
  for (const DecoderReport& one : report.decoders) {
    sum += one.pictures;
  }
  return sum;
}

TEST(DeviceDecoders, DecodeSideBySideWithTheCpu) {
  const auto fleet =
      open_fleet({lane("a", 4, 0us, decoder(8, 100, 1ms)), lane("b", 4, 0us, decoder(8, 100, 1ms))},
                 decoding(Decode::kAuto));
  EXPECT_THAT(fleet->decoders(), ElementsAre("a: a scripted decoder", "b: a scripted decoder"));
  run_in_order(*fleet, 2000);
  const FleetReport report = fleet->report();
  EXPECT_EQ(decoded_by_all(report), 2000U);
  EXPECT_GT(report.decoded_by_threads, 0U);
  ASSERT_EQ(report.decoders.size(), 2U);
  for (const DecoderReport& one : report.decoders) {
    EXPECT_GT(one.pictures, 0U) << one.device;
    EXPECT_GT(one.busy_seconds, 0);
    EXPECT_FALSE(one.error);
  }
  EXPECT_EQ(report.decoders[1].device, "b");
}

TEST(DeviceDecoders, DecodeFromAsManyThreadsAsTheyWant) {
  for (const std::size_t threads : {1U, 2U, 3U}) {
    std::atomic<int> most = 0;
    DecoderScript script = decoder(4, 100, 1ms);
    script.threads = threads;
    FakeScript with = lane("a", 4, 0us, script);
    with.decoder = [&](std::vector<std::string>&) {
      return Result<std::unique_ptr<backend::Decoder>>(std::make_unique<testing::CountsCallers>(
          backend::fake::make_decoder("a", script, kDefaultMaxPixels), most));
    };
    const auto fleet = open_fleet({with}, decoding(Decode::kGpu));
    run_in_order(*fleet, 1000);
    EXPECT_EQ(most, static_cast<int>(threads));
    const DecoderReport report = fleet->report().decoders.at(0);
    EXPECT_EQ(report.pictures, 1000U);
    EXPECT_LE(report.busy_seconds, fleet->report().seconds) << "not summed over the threads";
  }
}

/// The CPU alone decodes more than this lane can take: decoding would only slow its network down.
TEST(DeviceDecoders, DecodeOnlyWhatTheLanesLack) {
  for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
    auto fleet = open_fleet({lane("fake:0", 8, 10ms, decoder(8, 1000))}, decoding(decode));
    run_in_order(*fleet, 800);
    const auto decoded = fleet->report().decoders.at(0).pictures;
    if (decode == Decode::kGpu) {
      EXPECT_EQ(decoded, 800U);
    } else {
      EXPECT_LT(decoded, 200U);
    }
  }
}

TEST(DeviceDecoders, WithGpuTheCpuTakesOnlyTheRest) {
  const auto fleet = open_fleet({lane("a", 4, 0us, decoder(8, 100))}, decoding(Decode::kGpu));
  run_in_order(*fleet, 1000, 10);
  const FleetReport report = fleet->report();
  EXPECT_EQ(report.decoded_by_threads, 100U);
  EXPECT_EQ(report.decoders.at(0).pictures, 900U);
}

TEST(DeviceDecoders, LeaveCoresToTheRest) {
  FleetOptions options = decoding(Decode::kAuto);
  options.decode.threads = 8;
  options.decode.leave_cores = true;
  const auto with = open_fleet({lane("a", 4, 0us, decoder(2, 4))}, options);
  EXPECT_EQ(with->report().decode_threads, 5);
  options.decode.decode = Decode::kCpu;
  const auto without = open_fleet({lane("a", 4, 0us, decoder(2, 4))}, options);
  EXPECT_EQ(without->report().decode_threads, 8);
}

TEST(DeviceDecoders, WithCpuThereAreNone) {
  const auto fleet = open_fleet({lane("a", 4, 0us, decoder(8, 100))}, decoding(Decode::kCpu));
  run_in_order(*fleet, 100);
  EXPECT_THAT(fleet->decoders(), IsEmpty());
  EXPECT_THAT(fleet->report().decoders, IsEmpty());
  EXPECT_EQ(fleet->report().decoded_by_threads, 100U);
}

TEST(DeviceDecoders, ArentUsedWherePixelsAreKeptOrScaled) {
  for (const bool keeps : {true, false}) {
    for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
      FleetOptions options = decoding(decode);
      options.keep_pixels = keeps;
      options.decode.files.scale = keeps ? DecodeScale::kOff : DecodeScale::kAuto;
      const auto fleet = open_fleet({lane("a", 4, 0us, decoder(8, 100))}, options);
      run_in_order(*fleet, 20);
      EXPECT_THAT(fleet->report().decoders, IsEmpty());
      if (decode == Decode::kAuto) {
        EXPECT_THAT(fleet->warnings(), IsEmpty());
      } else {
        EXPECT_THAT(fleet->warnings(),
                    ElementsAre(keeps ? "the CPU decodes the files: pixels that are kept must be "
                                        "in its memory"
                                      : "the CPU decodes the files: only it decodes at a fraction "
                                        "of the size"));
      }
    }
  }
}

TEST(DeviceDecoders, APictureBelongsToTheLaneOfItsDevice) {
  std::map<std::string, std::set<std::string>> seen;  // devices of the pictures, by lane
  std::mutex mutex;
  const auto watched = [&](const std::string& device) {
    FakeScript script = lane(device, 3, 0us, decoder(5, 100));
    script.found = [&, device](const backend::Job& job) {
      const auto* const image = std::get_if<DeviceImage>(&job.picture);
      const std::lock_guard lock{mutex};
      seen[device].insert(image != nullptr ? image->device : "");
      return std::vector<Detection>{};
    };
    return script;
  };
  const auto fleet = open_fleet({watched("a"), watched("b")}, decoding(Decode::kGpu));
  run_in_order(*fleet, 500);
  EXPECT_THAT(seen["a"], ElementsAre("a"));
  EXPECT_THAT(seen["b"], ElementsAre("b"));
}

TEST(DeviceDecoders, WhatTheyCantDecodeGoesToTheCpu) {
  for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
    DecoderScript script = decoder(4, 100);
    script.spoils = 3;
    const auto fleet = open_fleet({lane("a", 4, 0us, script)}, decoding(decode));
    run_in_order(*fleet, 300, 7);
    const FleetReport report = fleet->report();
    EXPECT_EQ(decoded_by_all(report), 300U);
    EXPECT_FALSE(report.decoders.at(0).error);
  }
}

TEST(DeviceDecoders, TheErrorOfAFileIsTheCpus) {
  const auto fleet = open_fleet({lane("a", 1, 0us, decoder(4, 100))}, decoding(Decode::kGpu));
  ASSERT_TRUE(fleet->submit(EncodedImage(10), std::string{"bad.jpg"}));
  ASSERT_TRUE(fleet->submit(file(7)));
  fleet->finish();
  const auto results = take_all(*fleet);
  ASSERT_EQ(results.size(), 2U);
  ASSERT_TRUE(results[0].error);
  EXPECT_THAT(results[0].error->message, HasSubstr("can be read"));
  EXPECT_EQ(std::any_cast<std::string>(results[0].tag), "bad.jpg");
  EXPECT_EQ(results[1].width, 7);
}

TEST(DeviceDecoders, AFailedOneIsReportedAndTheOthersGoOn) {
  for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
    DecoderScript script = decoder(4, 100);
    script.fail_after = decode == Decode::kGpu ? 3 : 0;
    const auto fleet = open_fleet(
        {lane("a", 4, 0us, script), lane("b", 4, 0us, decoder(4, 100, 2ms))}, decoding(decode));
    run_in_order(*fleet, 1000, 9);
    const FleetReport report = fleet->report();
    EXPECT_EQ(decoded_by_all(report), 1000U);
    ASSERT_TRUE(report.decoders.at(0).error);
    EXPECT_EQ(report.decoders[0].error->message, "a: the decoder failed as its script says");
    EXPECT_LE(report.decoders[0].pictures, 12U);
    EXPECT_FALSE(report.decoders.at(1).error);
    EXPECT_FALSE(report.devices.at(0).error) << "its lane is still used";
  }
}

TEST(DeviceDecoders, WhereAllFailedTheCpuTakesEverything) {
  DecoderScript script = decoder(4, 100);
  script.fail_after = 1;
  const auto fleet = open_fleet({lane("a", 4, 0us, script)}, decoding(Decode::kGpu));
  run_in_order(*fleet, 200);
  EXPECT_EQ(decoded_by_all(fleet->report()), 200U);
  EXPECT_GE(fleet->report().decoded_by_threads, 196U);
}

/// The lanes wait an hour for full batches, which tiny memories never fill.
TEST(DeviceDecoders, TinyMemoriesStopNothing) {
  for (const bool ordered : {true, false}) {
    for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
      for (const std::size_t blocks : {1U, 2U, 3U}) {
        FleetOptions options = decoding(decode);
        options.max_wait = 1h;
        options.ordered = ordered;
        DecoderScript of_a = decoder(8, blocks);
        of_a.threads = 2;
        const auto fleet = open_fleet(
            {lane("a", 4, 300us, of_a), lane("b", 16, 2ms, decoder(2, blocks))}, options);
        std::thread source([&] {
          for (std::size_t i = 0; i < 200; ++i) {
            ASSERT_TRUE(fleet->submit(i % 5 == 4 ? large_file(width_of(i)) : file(width_of(i))));
          }
          fleet->finish();
        });
        auto results = take_all(*fleet);
        source.join();
        ASSERT_EQ(results.size(), 200U);
        std::set<std::uint64_t> tickets;
        for (const PictureResult& result : results) {
          ASSERT_FALSE(result.error);
          ASSERT_EQ(result.width, width_of(result.index));
          tickets.insert(result.index);
        }
        EXPECT_EQ(tickets.size(), 200U);
      }
    }
  }
}

/// The picture whose turn it is takes long on the CPU, and the memories fill meanwhile.
TEST(DeviceDecoders, AFullMemoryDoesntHoldUpThePictureWhoseTurnItIs) {
  FakeScript slow = testing::fake_device("cpu", 1, 30ms);
  const auto fleet = open_fleet({lane("a", 4, 0us, decoder(4, 4)), slow}, decoding(Decode::kAuto));
  run_in_order(*fleet, 400, 20);
}

TEST(DeviceDecoders, DontDecodeFarAheadOfASlowLane) {
  std::atomic<bool> open = false;
  FakeScript closed = lane("a", 4, 0us, decoder(4, 1000));
  closed.slots = 2;
  closed.delay = testing::closed_by(open).delay;
  FleetOptions options = decoding(Decode::kGpu);
  options.ordered = false;
  const auto fleet = open_fleet({closed, lane("b", 4, 0us, decoder(4, 1000))}, options);
  constexpr std::size_t kCount = 300;
  // Two batches in its slots; as many behind them, and a batch of the decoder.
  constexpr std::size_t kMostOfA = 2 * 4 + 2 * 4 + 4;
  std::thread source([&] {
    for (std::size_t i = 0; i < kCount; ++i) {
      ASSERT_TRUE(fleet->submit(file(3)));
    }
    fleet->finish();
  });
  for (std::size_t i = 0; i < kCount - kMostOfA; ++i) {
    ASSERT_TRUE(fleet->next());
  }
  EXPECT_LE(fleet->report().decoders.at(0).pictures, kMostOfA);
  open = true;
  EXPECT_EQ(take_all(*fleet).size(), kMostOfA);
  source.join();
}

TEST(DeviceDecoders, ThePicturesOfALostLaneAreDecodedAgain) {
  for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
    for (const std::size_t blocks : {3U, 1000U}) {
      FakeScript breaks = lane("a", 2, 100us, decoder(8, blocks));
      breaks.error = [](std::uint64_t index) {
        return index >= 50 ? std::optional<Error>(Error{ErrorCode::kDevice, "a: gone"})
                           : std::nullopt;
      };
      breaks.batch = 1;
      FleetOptions options = decoding(decode);
      options.on_device_error = OnDeviceError::kContinue;
      const auto fleet = open_fleet({breaks, lane("b", 4, 100us, decoder(8, blocks))}, options);
      run_in_order(*fleet, 400, 11);
      const FleetReport report = fleet->report();
      EXPECT_EQ(report.failures, 0U);
      ASSERT_TRUE(report.devices.at(0).error);
    }
  }
}

TEST(DeviceDecoders, WhereAllLanesAreLostTheErrorIsTheResult) {
  FakeScript breaks = lane("a", 4, 100us, decoder(8, 100));
  breaks.error = [](std::uint64_t) { return Error{ErrorCode::kDevice, "a: gone"}; };
  FleetOptions options = decoding(Decode::kAuto);
  options.on_device_error = OnDeviceError::kContinue;
  const auto fleet = open_fleet({breaks}, options);
  for (std::size_t i = 0; i < 12; ++i) {
    ASSERT_TRUE(fleet->submit(file(3)));
  }
  fleet->finish();
  const auto results = take_all(*fleet);
  ASSERT_EQ(results.size(), 12U);
  for (const PictureResult& result : results) {
    ASSERT_TRUE(result.error);
    EXPECT_EQ(result.error->message, "a: gone");
  }
}

TEST(DeviceDecoders, MayEndWhileTheyAreBusy) {
  for (const std::size_t blocks : {2U, 100U}) {
    for (int round = 0; round < 20; ++round) {
      const auto fleet =
          open_fleet({lane("a", 4, 200us, decoder(8, blocks, 1ms))}, decoding(Decode::kGpu));
      for (int i = 0; i < 20; ++i) {
        Picture picture = file(40);
        ASSERT_TRUE(fleet->try_submit(picture));
      }
    }
  }
}

}  // namespace
}  // namespace yolofleet::fleet
