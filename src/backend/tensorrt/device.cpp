#include "backend/tensorrt/device.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "backend/tensorrt/cuda_device.hpp"
#include "backend/tensorrt/engine/prepare.hpp"
#include "backend/tensorrt/engine_speed.hpp"
#include "backend/tensorrt/heads.hpp"
#include "backend/tensorrt/jpeg/jpeg_decoder.hpp"
#include "backend/tensorrt/lane/open_lane.hpp"
#include "backend/tensorrt/lane/pinned_memory.hpp"
#include "backend/tensorrt/lane/receive.hpp"
#include "backend/tensorrt/opening.hpp"
#include "backend/tensorrt/video_frames.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

// Room for some 85 pictures of a megapixel; those that don't fit lie on the heap.
constexpr std::size_t kPixelMemory = std::size_t{256} << 20U;

/// The devices of a listing share this object.
struct Listed {
  std::vector<CudaDevice> cards;
  SharedEngines engines;
};

class TensorrtDevice final : public Device {
 public:
  /// `version`: TensorRT's, or why it can't be loaded. `listed`: what the devices of a listing
  /// share.
  TensorrtDevice(CudaDevice card, Result<std::string> version, std::shared_ptr<Listed> listed)
      : card_(std::move(card)), version_(std::move(version)), listed_(std::move(listed)) {}

  std::string id() const override { return id_of(card_); }

  DeviceInfo info() const override {
    DeviceInfo info;
    info.id = id();
    info.name = card_.name;
    info.uuid = card_.uuid;
    info.memory = card_.memory;
    info.compute_capability = fmt::format("{}.{}", card_.major, card_.minor);
    info.kind = kind_of(card_);
    info.runtime = version_ ? "TensorRT " + *version_ : "";
    info.unavailable = unavailable();
    if (info.unavailable.empty()) {
      info.precisions = precisions_of(card_);
    }
    info.decodes_videos = decodes_videos();
    return info;
  }

  std::string unavailable() const override {
    return version_ ? why_no_code(card_) : version_.error().message;
  }

  bool has_name(std::string_view name) const override { return name == id() || name == card_.uuid; }

  Result<std::unique_ptr<Lane>> open_lane(const Workload& work, const OnFinished& on_finished,
                                          std::vector<std::string>& warnings) override {
    return Opening::make(card_, work, {.shared = &listed_->engines})
        .and_then(
            [&](const Opening& opening) { return open_cuda_lane(opening, on_finished, warnings); });
  }

  Result<std::unique_ptr<HeadRun>> open_heads(const Workload& work) override {
    return Opening::make(card_, work, {.raw_heads = true}).and_then(open_cuda_heads);
  }

  Result<std::unique_ptr<Decoder>> make_decoder(std::int64_t max_pixels,
                                                std::vector<std::string>& reasons) override {
    return open_jpeg_decoder(card_, max_pixels,
                             {NvjpegLibrary::kFiles.begin(), NvjpegLibrary::kFiles.end()}, reasons);
  }

  bool decodes_videos() const override { return has_video_decoder(); }

  Result<std::unique_ptr<video::GpuFrames>> make_video_frames() override {
    return tensorrt::make_video_frames(card_);
  }

  Result<DeviceSpeed> measure(const Workload& work, const SpeedRun& run) override {
    return Opening::make(card_, work).and_then([&](const Opening& opening) {
      return measure_engine(opening, run);
    });
  }

  Result<void> receive(DeviceImage& picture) override {
    return tensorrt::receive(listed_->cards, picture);
  }

  std::string engine_kind() const override { return kind_of(card_); }

  Result<EngineReport> prepare(const Workload& work, std::vector<std::string>& warnings) override {
    return Opening::make(card_, work, {.must_keep = true}).and_then([&](const Opening& opening) {
      return prepare_engine(opening, warnings);
    });
  }

  std::size_t pixel_memory_bytes() const noexcept override { return kPixelMemory; }

  Result<std::shared_ptr<PixelMemory>> make_pixel_memory(std::size_t bytes) override {
    return make_pinned_memory(card_.index, bytes);
  }

 private:
  const CudaDevice card_;
  const Result<std::string> version_;
  const std::shared_ptr<Listed> listed_;
};

}  // namespace

Listing list_devices() {
  Listing listing{"GPU", {"cuda:", "GPU-"}, {}};
  const auto cards = list_cuda_devices();
  if (!cards) {
    listing.devices = tl::unexpected(cards.error());
    return listing;
  }
  const auto version =
      Library::load().map([](const Library* library) { return library->version(); });
  const auto listed = std::make_shared<Listed>();
  listed->cards = *cards;
  for (const CudaDevice& card : *cards) {
    listing.devices->push_back(std::make_shared<TensorrtDevice>(card, version, listed));
  }
  return listing;
}

}  // namespace yolofleet::backend::tensorrt
