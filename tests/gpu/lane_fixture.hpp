#pragma once

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "backend/tensorrt/engine/obtain.hpp"
#include "backend/tensorrt/engine_options.hpp"
#include "backend/tensorrt/lane/cuda_lane.hpp"
#include "gpu/devices.hpp"
#include "public/square_model.hpp"

namespace yolofleet::testing {

namespace trt = backend::tensorrt;

/// A whole number from the environment.
inline int from_environment(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

/// Pictures of a batch in most tests of lanes.
inline constexpr int kBatch = 8;

/// Bytes of this process in the host's memory.
inline std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

/// The model of the lanes under test: from the folder YOLOFLEET_GPU_MODEL, else a made-up one.
inline const Model& lane_model() {
  static const Model model = [] {
    if (const char* const folder = std::getenv("YOLOFLEET_GPU_MODEL"); folder != nullptr) {
      return Model::load(std::filesystem::path{folder}).value();
    }
    return Model::load(write_square_model(std::filesystem::path{::testing::TempDir()} / "square"))
        .value();
  }();
  return model;
}

/// A lane and a way to wait for its results.
class WaitingLane {
 public:
  /// Too little for the pixels of some batches, so that the CPU resizes pictures.
  static constexpr std::size_t kLittlePixelBytes = std::size_t{2} << 20U;

  WaitingLane(int device, int max_batch, std::size_t slots,
              std::size_t pixel_bytes = kLittlePixelBytes, bool measured = true)
      : WaitingLane(device, with_batch(max_batch), slots, pixel_bytes, measured) {}

  WaitingLane(int device, const trt::EngineOptions& engine, std::size_t slots,
              std::size_t pixel_bytes = kLittlePixelBytes, bool measured = true) {
    const trt::CudaDevice card =
        trt::list_cuda_devices().value().at(static_cast<std::size_t>(device));
    const trt::EngineCache cache{std::filesystem::path{::testing::TempDir()} / "engines"};
    trt::PlanReport report;
    const trt::Library& library = *trt::Library::load().value();
    auto plan =
        trt::obtain_plan(library, {lane_model().network(), card, engine}, &cache, report).value();
    trt::CudaLaneOptions options;
    options.slot.input = lane_model().network().input();
    options.slot.half = engine.half;
    options.slot.max_batch = engine.max_batch;
    options.slot.max_detections = engine.max_detections;
    options.slot.thresholds = {0.25F, 0.45F};
    options.slot.pixel_bytes = pixel_bytes;
    options.slot.measured = measured;
    options.slots = slots;
    lane_ = trt::make_cuda_lane(
                std::move(plan), {"cuda", "cuda", 1, 1}, options,
                [this](std::vector<PictureResult> results, const std::vector<backend::Job>&) {
                  {
                    const std::lock_guard lock{mutex_};
                    finished_.push_back(std::move(results));
                    --under_way_;
                  }
                  changed_.notify_all();
                })
                .value();
  }

  static trt::EngineOptions with_batch(int max_batch) {
    trt::EngineOptions engine = quick_engine_options();
    engine.max_batch = max_batch;
    return engine;
  }

  /// Waits for a free slot and submits the batch.
  void submit(const std::vector<ImageView>& views, std::optional<ops::Thresholds> thresholds = {}) {
    submit_pictures({views.begin(), views.end()}, thresholds);
  }

  /// The same for pictures of any kind that the lane takes.
  void submit_pictures(std::vector<Picture> pictures,
                       std::optional<ops::Thresholds> thresholds = {}) {
    std::vector<backend::Job> batch;
    for (Picture& picture : pictures) {
      batch.push_back({0, std::move(picture), thresholds});
    }
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return under_way_ < lane_->info().slots; });
    ++under_way_;
    lock.unlock();
    ASSERT_TRUE(lane_->try_submit(batch));
  }

  /// Waits until everything is done. Returns all results since the last call, batch by batch in the
  /// order in which the lane finished them.
  std::vector<std::vector<PictureResult>> wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return under_way_ == 0; });
    return std::exchange(finished_, {});
  }

  std::vector<PictureResult> run(const std::vector<ImageView>& views,
                                 std::optional<ops::Thresholds> thresholds = {}) {
    submit(views, thresholds);
    return wait().at(0);
  }

  std::vector<PictureResult> run_pictures(std::vector<Picture> pictures) {
    submit_pictures(std::move(pictures));
    return wait().at(0);
  }

  /// Bytes of pictures that went to the device since the lane was opened.
  std::uint64_t uploaded_bytes() const { return lane_->stats().uploaded_bytes; }

  /// Seconds spent in a stage since the lane was opened.
  double stage(const std::string& name) const {
    for (const StageReport& stage : lane_->stats().stages) {
      if (stage.stage == name) {
        return stage.seconds;
      }
    }
    ADD_FAILURE() << "no stage " << name;
    return -1;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::vector<std::vector<PictureResult>> finished_;
  std::unique_ptr<backend::Lane> lane_;  // last: it calls back until it is gone
};

/// Pictures of mixed sizes with smooth random content and white squares.
inline std::vector<Image> mixed_pictures(std::size_t count) {
  std::mt19937 random{3};
  std::vector<Image> pictures;
  for (std::size_t i = 0; i < count; ++i) {
    Image picture{static_cast<int>(100 + random() % 900), static_cast<int>(100 + random() % 700)};
    auto level = static_cast<std::uint32_t>(random());
    for (std::uint8_t& byte : picture.pixels()) {
      level += static_cast<std::uint32_t>(random() % 7);
      byte = static_cast<std::uint8_t>(level >> 2U);
    }
    for (int square = 0; square < 4; ++square) {
      const int x = static_cast<int>(random()) & 63;
      const int y = static_cast<int>(random()) & 63;
      for (int row = y; row < std::min(y + 60, picture.height()); ++row) {
        auto* const begin =
            picture.pixels().data() + static_cast<std::size_t>(row) * picture.stride();
        std::fill_n(begin + x * 3, 30 * 3, std::uint8_t{255});
      }
    }
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

inline std::vector<ImageView> views_of(const std::vector<Image>& pictures) {
  std::vector<ImageView> views;
  for (const Image& picture : pictures) {
    views.push_back(picture.view());
  }
  return views;
}

}  // namespace yolofleet::testing
