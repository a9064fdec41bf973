// A lane with pictures in planes, and with pictures in the memory of a GPU.

#include <gmock/gmock.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "gpu/open.hpp"
#include "gpu/planes_on_device.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::gpu_device;
using ::testing::HasSubstr;
using testing::kBatch;
using testing::mixed_pictures;
using testing::mixed_planes;
using testing::OnDevice;
using testing::WaitingLane;

constexpr std::size_t kRoomy = std::size_t{64} << 20U;

class PlanesLane : public testing::GpuTest {};
class DeviceImages : public testing::GpuTest {};

std::vector<PictureResult> without_errors(std::vector<PictureResult> results) {
  for (const PictureResult& result : results) {
    EXPECT_FALSE(result.error) << result.error->message;
  }
  return results;
}

/// Expects the same detections, and some.
void expect_same(const std::vector<PictureResult>& results,
                 const std::vector<PictureResult>& expected) {
  ASSERT_EQ(results.size(), expected.size());
  std::size_t detections = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].detections, expected[i].detections) << "picture " << i;
    EXPECT_EQ(results[i].width, expected[i].width);
    EXPECT_EQ(results[i].height, expected[i].height);
    detections += results[i].detections.size();
  }
  EXPECT_GT(detections, 0U);
}

/// Submits the pictures in full batches. All results, in order.
std::vector<PictureResult> run_all(WaitingLane& lane, std::vector<Picture> pictures) {
  std::vector<PictureResult> results;
  for (std::size_t i = 0; i < pictures.size(); i += kBatch) {
    std::vector<Picture> batch;
    for (std::size_t j = i; j < std::min(i + kBatch, pictures.size()); ++j) {
      batch.push_back(std::move(pictures[j]));
    }
    for (PictureResult& result : without_errors(lane.run_pictures(std::move(batch)))) {
      results.push_back(std::move(result));
    }
  }
  return results;
}

std::vector<Picture> rgb_of(const std::deque<Planes>& planes) {
  std::vector<Picture> pictures;
  for (const Planes& picture : planes) {
    pictures.emplace_back(to_rgb(picture.view()));
  }
  return pictures;
}

std::vector<Picture> views_of(const std::deque<Planes>& planes) {
  std::vector<Picture> pictures;
  for (const Planes& picture : planes) {
    pictures.emplace_back(picture.view());
  }
  return pictures;
}

TEST_F(PlanesLane, GivesTheDetectionsOfRgb) {
  const auto planes = mixed_planes(40);
  WaitingLane lane{device(), kBatch, 2, kRoomy};
  const auto expected = run_all(lane, rgb_of(planes));
  const std::uint64_t before = lane.uploaded_bytes();
  expect_same(run_all(lane, views_of(planes)), expected);
  std::uint64_t bytes = 0;
  for (const Planes& picture : planes) {
    bytes += picture.samples().size();
  }
  EXPECT_EQ(lane.uploaded_bytes() - before, bytes) << "the planes, and nothing else";
}

TEST_F(PlanesLane, PinnedPlanesWithAndWithoutGapsGiveTheSame) {
  constexpr std::size_t kGap = 64;
  const auto planes = mixed_planes(kBatch);
  WaitingLane lane{device(), kBatch, 1, kRoomy};
  const auto expected = run_all(lane, rgb_of(planes));
  std::size_t bytes = 0;
  for (const Planes& picture : planes) {
    bytes += picture.samples().size() + 4096 * kGap;
  }
  for (const std::size_t gap : {std::size_t{0}, kGap}) {
    const cuda::PinnedBuffer pinned{device(), bytes};
    std::uint8_t* to = pinned.as<std::uint8_t>();
    std::vector<Picture> pictures;
    for (const Planes& picture : planes) {
      PlanesView view = picture.view();
      const auto all = image::planes_of(view);
      for (std::size_t i = 0; i < all.size(); ++i) {
        const image::PlaneRows& plane = all.begin()[i];
        view.planes[i] = to;
        view.strides[i] = plane.row_bytes + gap;
        for (std::size_t y = 0; y < plane.rows; ++y) {
          std::memcpy(to, plane.data + y * plane.stride, plane.row_bytes);
          to += view.strides[i];
        }
      }
      pictures.emplace_back(view);
    }
    expect_same(run_all(lane, std::move(pictures)), expected);
  }
}

TEST_F(PlanesLane, TooLargeForTheSlotTheCpuResizesThem) {
  const auto planes = mixed_planes(2 * kBatch);
  WaitingLane lane{device(), kBatch, 1, 0};
  const auto expected = run_all(lane, rgb_of(planes));
  expect_same(run_all(lane, views_of(planes)), expected);
}

/// All pictures in the memory of `device`: those in planes, and the same in RGB.
std::deque<OnDevice> on_device(int device, const std::deque<Planes>& planes) {
  std::deque<OnDevice> all;
  for (const Planes& picture : planes) {
    all.emplace_back(device, picture.view());
  }
  for (const Planes& picture : planes) {
    const Image image = to_rgb(picture.view());
    all.emplace_back(device, image.view());
  }
  return all;
}

/// The results for `on_device`'s pictures.
std::vector<PictureResult> expected_for(WaitingLane& lane, const std::deque<Planes>& planes) {
  auto once = run_all(lane, rgb_of(planes));
  auto twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  return twice;
}

void CUDART_CB sleep_long(void* /*nothing*/) {
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
}

TEST_F(DeviceImages, AreWaitedForAndReadWhereTheyLie) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const auto planes = mixed_planes(kBatch);
  WaitingLane lane{device(), kBatch, 2};
  const auto expected = expected_for(lane, planes);
  const auto gpu = gpu_device(device());
  for (const bool by_event : {false, true}) {
    std::deque<OnDevice> sources = on_device(device(), planes);
    std::vector<cuda::Event> events;
    std::vector<Picture> pictures;
    const std::uint64_t before = lane.uploaded_bytes();
    for (OnDevice& source : sources) {
      source.fill(sleep_long);  // black until then
      DeviceImage image = source.image();
      if (by_event) {
        events.push_back(cuda::make_blocking_event(device()));
        const cuda::DeviceGuard guard{device()};
        cuda::check(cudaEventRecord(events.back().get(), source.stream()));
        image.event = events.back().get();
      } else {
        image.stream = source.stream();
      }
      const auto received = gpu->receive(image);
      ASSERT_TRUE(received) << received.error().message;
      pictures.emplace_back(std::move(image));
    }
    expect_same(run_all(lane, std::move(pictures)), expected);
    EXPECT_EQ(lane.uploaded_bytes(), before) << "nothing crosses the bus";
  }
}

TEST_F(DeviceImages, WithoutAStreamNothingIsWaitedFor) {
  const auto planes = mixed_planes(kBatch);
  WaitingLane lane{device(), kBatch, 1};
  std::deque<OnDevice> sources = on_device(device(), planes);
  std::vector<Picture> pictures;
  for (OnDevice& source : sources) {
    source.fill(sleep_long);
    pictures.emplace_back(source.image());
  }
  const auto results = run_all(lane, std::move(pictures));
  const auto expected = expected_for(lane, planes);
  std::size_t different = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    different += results[i].detections != expected[i].detections;
  }
  EXPECT_GT(different, 0U) << "the pictures come too early for the other tests to show the wait";
}

TEST_F(DeviceImages, OfAnotherDeviceAreCopied) {
  if (device() == 0) {
    GTEST_SKIP() << "there is no other GPU to copy from";
  }
  const auto planes = mixed_planes(kBatch);
  const auto gpu = gpu_device(0);
  for (const std::size_t pixel_bytes :
       {kRoomy, std::size_t{4} << 20U}) {  // in one pass; in several
    WaitingLane lane{0, kBatch, 2, pixel_bytes};
    const auto expected = expected_for(lane, planes);
    std::deque<OnDevice> sources = on_device(device(), planes);
    std::vector<Picture> pictures;
    const std::uint64_t before = lane.uploaded_bytes();
    for (OnDevice& source : sources) {
      source.fill(sleep_long);
      DeviceImage image = source.image();
      image.stream = source.stream();
      const auto received = gpu->receive(image);
      ASSERT_TRUE(received) << received.error().message;
      pictures.emplace_back(std::move(image));
    }
    expect_same(run_all(lane, std::move(pictures)), expected);
    EXPECT_EQ(lane.uploaded_bytes(), before);
  }
}

TEST_F(DeviceImages, OfAnotherDeviceMayHaveGaps) {
  if (device() == 0) {
    GTEST_SKIP() << "there is no other GPU to copy from";
  }
  const std::vector<Image> wide = mixed_pictures(1);
  ImageView part = wide[0].view();
  part.width -= 7;
  WaitingLane lane{0, kBatch, 1, kRoomy};
  const auto expected = without_errors(lane.run({part}));
  OnDevice source{device(), wide[0].view()};
  source.fill();
  DeviceImage image = source.image();
  image.stream = source.stream();
  std::get<ImageView>(image.pixels).width -= 7;
  ASSERT_TRUE(gpu_device(0)->receive(image));
  expect_same(run_all(lane, {image}), expected);
}

TEST_F(DeviceImages, OfAnotherDeviceThatAreTooLargeAreRefused) {
  if (device() == 0) {
    GTEST_SKIP() << "there is no other GPU to copy from";
  }
  const Image large{3000, 2000};
  OnDevice source{device(), large.view()};
  WaitingLane lane{0, 2, 1, 0};
  const Image small = mixed_pictures(1).at(0);
  const auto expected = without_errors(lane.run({small.view()}));
  const auto results = lane.run_pictures({source.image(), small.view()});
  ASSERT_TRUE(results[0].error);
  EXPECT_EQ(results[0].error->code, ErrorCode::kTooLarge);
  EXPECT_THAT(results[0].error->message,
              HasSubstr("a picture of 18000000 bytes in the memory of cuda:" +
                        std::to_string(device()) + " is too large for cuda:0"));
  EXPECT_FALSE(results[1].error);
  EXPECT_EQ(results[1].detections, expected[0].detections);
}

TEST_F(DeviceImages, InOtherMemoryAreRefused) {
  const auto gpu = gpu_device(device());
  const Image image{64, 48};
  const cuda::PinnedBuffer pinned{device(), image.pixels().size()};
  const std::string name = "cuda:" + std::to_string(device());
  for (const std::uint8_t* const memory :
       {image.pixels().data(), pinned.as<const std::uint8_t>()}) {
    ImageView view = image.view();
    view.data = memory;
    DeviceImage picture{name, view};
    const auto refused = gpu->receive(picture);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message,
                HasSubstr("the first byte of plane 0 of a picture lies in memory of the host; a "
                          "picture of " +
                          name + " must lie in memory that was allocated on it"));
  }
  OnDevice source{device(), image.view()};
  DeviceImage elsewhere = source.image();
  elsewhere.device = "cuda:99";
  const auto unknown = gpu->receive(elsewhere);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(unknown.error().message,
              HasSubstr("lies in the memory of \"cuda:99\"; this program can read that of cuda:0"));
}

TEST_F(DeviceImages, WithAPlaneOnTheHostAreRefused) {
  const Planes planes = mixed_planes(1).front();
  OnDevice source{device(), planes.view()};
  DeviceImage picture = source.image();
  std::get<PlanesView>(picture.pixels).planes[2] = planes.view().planes[2];
  const auto refused = gpu_device(device())->receive(picture);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the first byte of plane 2"));
}

TEST_F(DeviceImages, MayBeNamedByTheUuid) {
  const Image image{64, 48};
  OnDevice source{device(), image.view()};
  DeviceImage picture = source.image();
  const std::string name = std::exchange(picture.device, gpu_device(device())->info().uuid);
  ASSERT_TRUE(gpu_device(device())->receive(picture));
  EXPECT_EQ(picture.device, name);
}

TEST_F(DeviceImages, TheOwnerIsDroppedWithTheResult) {
  const Image image = mixed_pictures(1).at(0);
  OnDevice source{device(), image.view()};
  source.fill();
  WaitingLane lane{device(), 2, 1};
  DeviceImage picture = source.image();
  picture.stream = source.stream();
  picture.owner = std::make_shared<int>(1);
  const std::weak_ptr<void> owner = picture.owner;
  ASSERT_TRUE(gpu_device(device())->receive(picture));
  lane.submit_pictures({std::exchange(picture, {})});
  without_errors(lane.wait().at(0));
  EXPECT_TRUE(owner.expired());
}

TEST_F(DeviceImages, MemoryStaysFlat) {
  const int batches = testing::from_environment("YOLOFLEET_SOAK_BATCHES", 500);
  const auto planes = mixed_planes(kBatch);
  std::deque<OnDevice> sources = on_device(device(), planes);
  WaitingLane lane{device(), kBatch, 3, kRoomy};
  const auto gpu = gpu_device(device());
  const auto run = [&](int count) {
    for (int i = 0; i < count; ++i) {
      std::vector<Picture> pictures;
      for (std::size_t j = 0; j < kBatch; ++j) {
        if (j % 2 == 0) {
          DeviceImage image = sources[(static_cast<std::size_t>(i) + j) % sources.size()].image();
          image.stream = sources[0].stream();
          ASSERT_TRUE(gpu->receive(image));
          pictures.emplace_back(std::move(image));
        } else {
          pictures.emplace_back(planes[j].view());
        }
      }
      lane.submit_pictures(std::move(pictures));
    }
    lane.wait();
  };
  run(200);
  const std::size_t free = cuda::free_bytes(device());
  const std::size_t host = testing::resident_bytes();
  run(batches);
  const auto growth = static_cast<double>(testing::resident_bytes()) - static_cast<double>(host);
  std::cout << batches << " batches: host memory grew by " << growth / 1048576 << " MiB\n";
  EXPECT_LT(growth, 4.0 * 1048576);
  EXPECT_EQ(cuda::free_bytes(device()), free);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
