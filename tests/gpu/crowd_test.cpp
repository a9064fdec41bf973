// Crowds through the public API: nothing is lost by default, and everything left out is counted.
// Needs the CPU back end's module.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>

#include "gpu/devices.hpp"
#include "public/square_model.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet {
namespace {

constexpr int kCell = 16;
constexpr int kColumns = 136;
constexpr int kRows = 128;
constexpr std::size_t kCells = 17'408;  // more than a GPU's 16,384
constexpr std::size_t kRoom = 16'384;
constexpr std::size_t kCrowd = 504;

/// White are `rows` x `columns` cells, in each of which the model finds an object.
Image picture(int columns, int rows) {
  Image made(kColumns * kCell, kRows * kCell);
  for (int y = 0; y < rows * kCell; ++y) {
    std::memset(made.pixels().data() + static_cast<std::size_t>(y) * made.stride(), 255,
                static_cast<std::size_t>(columns) * kCell * 3);
  }
  return made;
}

class CrowdCuda : public testing::GpuTest {
 protected:
  static Detector open(const std::string& devices, int max_detections) {
    LoadOptions size;
    size.input_size = InputSize{kColumns * kCell, kRows * kCell};
    const std::filesystem::path folder{::testing::TempDir()};
    const Model model = Model::load(testing::write_square_model(folder / "crowd"), size).value();
    Options options;
    options.devices = devices;
    options.precision = Precision::kFp32;
    options.batch = 2;
    options.slots = 1;
    options.build_level = 0;
    options.max_detections = max_detections;
    options.engine_cache = (folder / "crowd-engines").string();
    auto opened = Detector::open(model, options);
    EXPECT_TRUE(opened) << opened.error().message;
    return *std::move(opened);
  }

  /// The results of a picture full of objects and of a crowd.
  static std::vector<PictureResult> detect(Detector& detector) {
    const Image full = picture(kColumns, kRows);
    const Image crowd = picture(24, 21);
    return detector.detect(std::array{full.view(), crowd.view()}).value();
  }

  std::string id() const { return "cuda:" + std::to_string(device()); }
};

TEST_F(CrowdCuda, IsWholeByDefaultAndWhatHasNoRoomIsCounted) {
  Detector gpu = open(id(), 0);
  const auto found = detect(gpu);
  EXPECT_EQ(found[0].detections.size(), kRoom);
  EXPECT_EQ(found[0].candidates_dropped, kCells - kRoom);
  EXPECT_EQ(found[1].detections.size(), kCrowd);
  EXPECT_EQ(found[1].candidates_dropped, 0U);
  EXPECT_EQ(gpu.report().candidates_dropped, kCells - kRoom);
  EXPECT_EQ(gpu.report().detections_cut, 0U);

  Detector cpu = open("cpu", 0);
  const auto wanted = detect(cpu);
  EXPECT_EQ(wanted[0].detections.size(), kCells);
  EXPECT_EQ(wanted[0].candidates_dropped, 0U);
  ASSERT_EQ(wanted[1].detections.size(), kCrowd);
  for (const Detection& one : wanted[1].detections) {
    EXPECT_TRUE(std::any_of(found[1].detections.begin(), found[1].detections.end(),
                            [&](const Detection& other) {
                              return std::abs(one.box.x - other.box.x) < 0.1F &&
                                     std::abs(one.box.y - other.box.y) < 0.1F;
                            }));
  }
}

TEST_F(CrowdCuda, IsCutToTheLimitAsOnTheCpu) {
  for (const std::string& devices : {id(), std::string{"cpu"}}) {
    Detector detector = open(devices, 300);
    const auto found = detect(detector);
    const std::size_t room = devices == "cpu" ? kCells : kRoom;
    for (const auto& [result, all] : {std::pair{&found[0], room}, std::pair{&found[1], kCrowd}}) {
      EXPECT_EQ(result->detections.size(), 300U);
      EXPECT_EQ(result->detections_cut, all - 300U);
    }
    EXPECT_EQ(detector.report().detections_cut, room + kCrowd - 600U);
  }
}

}  // namespace
}  // namespace yolofleet
