#include "ops/copy_detections_cuda.hpp"

#include <cstring>

#include "cuda/handles.hpp"
#include "gpu/detection_cases.hpp"

namespace yolofleet::ops {
namespace {

constexpr std::size_t kPictures = 3;
constexpr int kRoom = 1000;
constexpr std::size_t kAll = kPictures * kRoom;

/// DeviceDetections in page-locked memory.
class PinnedDetections {
 public:
  explicit PinnedDetections(int device)
      : buffer_(device, (3 * kPictures + 6 * kAll) * sizeof(int)) {
    std::memset(buffer_.get(), 0x55, buffer_.bytes());
  }
  DeviceDetections arrays() const {
    auto* const boxes = buffer_.as<float4>();
    auto* const scores = reinterpret_cast<float*>(boxes + kAll);
    auto* const classes = reinterpret_cast<int*>(scores + kAll);
    int* const numbers = classes + kAll;
    return {numbers, numbers + kPictures, numbers + 2 * kPictures, boxes, scores, classes};
  }

 private:
  cuda::PinnedBuffer buffer_;
};

class CopyDetectionsCuda : public testing::GpuTest {};

TEST_F(CopyDetectionsCuda, CopiesAllNumbersAndTheDetectionsThatThereAre) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const std::vector<int> numbers{0, 300, kRoom};
  const std::vector<int> kept{0, 301, 2000};
  const std::vector<int> candidates{7, 400, 30000};
  std::vector<float4> boxes(kAll);
  std::vector<float> scores(kAll);
  std::vector<int> classes(kAll);
  for (std::size_t i = 0; i < kAll; ++i) {
    const auto value = static_cast<float>(i);
    boxes[i] = {value, value + 0.25F, value + 0.5F, value + 0.75F};
    scores[i] = -value;
    classes[i] = static_cast<int>(i) + 5;
  }
  const auto numbers_there = testing::on_device(device(), numbers);
  const auto kept_there = testing::on_device(device(), kept);
  const auto candidates_there = testing::on_device(device(), candidates);
  const auto boxes_there = testing::on_device(device(), boxes);
  const auto scores_there = testing::on_device(device(), scores);
  const auto classes_there = testing::on_device(device(), classes);
  const PinnedDetections host{device()};
  const PinnedDetections untouched{device()};
  const cuda::DeviceGuard guard{device()};
  const cuda::Stream stream = cuda::make_stream(device());
  enqueue_copy_detections(
      {numbers_there.as<int>(), kept_there.as<int>(), candidates_there.as<int>(),
       boxes_there.as<float4>(), scores_there.as<float>(), classes_there.as<int>()},
      host.arrays(), kPictures, kRoom, stream.get());
  cuda::check(cudaStreamSynchronize(stream.get()));
  const DeviceDetections found = host.arrays();
  for (std::size_t p = 0; p < kPictures; ++p) {
    EXPECT_EQ(found.numbers[p], numbers[p]);
    EXPECT_EQ(found.kept[p], kept[p]);
    EXPECT_EQ(found.candidates[p], candidates[p]);
    for (std::size_t i = p * kRoom; i < (p + 1) * kRoom; ++i) {
      const bool there = i < p * kRoom + static_cast<std::size_t>(numbers[p]);
      const DeviceDetections wanted =
          there ? DeviceDetections{nullptr,      nullptr,       nullptr,
                                   boxes.data(), scores.data(), classes.data()}
                : untouched.arrays();
      ASSERT_EQ(std::memcmp(&found.boxes[i], &wanted.boxes[i], sizeof(float4)), 0) << i;
      ASSERT_EQ(found.scores[i], wanted.scores[i]) << i;
      ASSERT_EQ(found.classes[i], wanted.classes[i]) << i;
    }
  }
}

}  // namespace
}  // namespace yolofleet::ops
