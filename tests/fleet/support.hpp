#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "fleet/fake_lane.hpp"
#include "fleet/fleet.hpp"

namespace yolofleet::testing {

/// Sanitizers make time and memory mean nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

inline fleet::OpenLane fake(const FakeScript& script) {
  return {script.device,
          [script](const backend::OnFinished& on_finished, std::vector<std::string>&) {
            return Result<std::unique_ptr<backend::Lane>>(
                std::make_unique<FakeLane>(script, on_finished));
          },
          script.decoder};
}

/// The defaults of `Options`, but no self-test.
inline fleet::FleetOptions plain_options() {
  fleet::FleetOptions options;
  options.max_wait = std::chrono::milliseconds{5};
  options.ordered = true;
  options.decode.threads = 1;
  return options;
}

inline std::unique_ptr<fleet::Fleet> open_fleet(
    const std::vector<FakeScript>& scripts, const fleet::FleetOptions& options = plain_options()) {
  std::vector<fleet::OpenLane> lanes;
  for (const FakeScript& script : scripts) {
    lanes.push_back(fake(script));
  }
  return fleet::Fleet::open(lanes, options).value();
}

inline FakeScript fake_device(const std::string& device, std::size_t batch,
                              std::chrono::microseconds delay) {
  FakeScript script;
  script.device = device;
  script.batch = batch;
  script.delay = [delay](std::uint64_t) { return delay; };
  return script;
}

/// A lane that takes pixels and DeviceImages, as that of a GPU.
inline FakeScript lane_of_device(const std::string& device, std::size_t batch,
                                 std::chrono::microseconds delay) {
  FakeScript script = fake_device(device, batch, delay);
  script.decodes = false;
  script.device_images = true;
  return script;
}

/// A lane that gives nothing back until the test says so.
inline FakeScript closed_by(const std::atomic<bool>& open) {
  FakeScript script;
  script.delay = [&open](std::uint64_t) {
    while (!open) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return std::chrono::microseconds{0};
  };
  return script;
}

inline Picture picture_of(std::size_t bytes) {
  return EncodedImage(bytes);
}

/// A thread that submits `count` pictures of `i % 97` bytes, each with the tag `i`, and finishes.
inline std::thread source_of(fleet::Fleet& fleet, std::size_t count) {
  return std::thread([&fleet, count] {
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(fleet.submit(picture_of(i % 97), i));
    }
    fleet.finish();
  });
}

/// Takes everything until the end, and returns it.
inline std::vector<PictureResult> take_all(fleet::Fleet& fleet) {
  std::vector<PictureResult> results;
  while (auto result = fleet.next()) {
    results.push_back(*std::move(result));
  }
  return results;
}

/// Delays that differ from picture to picture, the same in every run.
inline std::chrono::microseconds mixed_delay(std::uint64_t index) {
  return std::chrono::microseconds{(index * 2654435761U) % 300};
}

}  // namespace yolofleet::testing
