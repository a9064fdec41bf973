#include "backend/fake/device.hpp"

#include <cstdlib>
#include <utility>

#include "backend/fake/decoder.hpp"
#include "backend/fake/lane.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::fake {
namespace {

/// Heads' inputs that are all zero.
class FakeHeads final : public HeadRun {
 public:
  FakeHeads(const graph::Network& network, std::string description)
      : description_(std::move(description)) {
    for (const std::size_t index : network.heads()) {
      sizes_.push_back(static_cast<std::size_t>(network.layers()[index].input.elements()));
    }
  }

  Result<std::vector<std::vector<float>>> run(const ImageView& /*picture*/) override {
    std::vector<std::vector<float>> heads;
    for (const std::size_t size : sizes_) {
      heads.emplace_back(size, 0.0F);
    }
    return heads;
  }

  const std::string& description() const noexcept override { return description_; }

 private:
  std::string description_;
  std::vector<std::size_t> sizes_;
};

/// The heap, by another name.
class FakeMemory final : public PixelMemory {
 public:
  std::uint8_t* take(std::size_t bytes) noexcept override {
    return static_cast<std::uint8_t*>(std::malloc(bytes));
  }
  void give_back(std::uint8_t* memory, std::size_t /*bytes*/) noexcept override {
    std::free(memory);
  }
};

/// A context that FFmpeg can't use.
class NoFrames final : public video::GpuFrames {
 public:
  const video::GpuContext& context() const noexcept override { return context_; }
  Result<Picture> keep(const PlanesView& /*frame*/,
                       const std::shared_ptr<PixelMemory>& /*host*/) override {
    return base::fail(ErrorCode::kInternal, "a fake device has decoded a frame");
  }
  Result<Planes> download(const PlanesView& /*frame*/,
                          const std::shared_ptr<PixelMemory>& /*host*/) override {
    return base::fail(ErrorCode::kInternal, "a fake device has decoded a frame");
  }

 private:
  video::GpuContext context_;
};

class FakeDevice final : public Device {
 public:
  explicit FakeDevice(Script script) : script_(std::move(script)) {}

  std::string id() const override { return script_.id; }
  std::string unavailable() const override { return script_.unavailable; }

  DeviceInfo info() const override {
    DeviceInfo info;
    info.id = script_.id;
    info.name = "a scripted device";
    info.runtime = "a script";
    info.unavailable = script_.unavailable;
    info.precisions = {Precision::kFp32};
    info.kind = script_.kind;
    info.decodes_videos = script_.decodes_videos;
    return info;
  }

  Result<std::unique_ptr<Lane>> open_lane(const Workload& work, const OnFinished& on_finished,
                                          std::vector<std::string>& /*warnings*/) override {
    if (!script_.open_error.empty()) {
      return open_error();
    }
    return make_lane(script_, work, on_finished);
  }

  Result<std::unique_ptr<Decoder>> make_decoder(std::int64_t max_pixels,
                                                std::vector<std::string>& warnings) override {
    if (!script_.decoder_error.empty()) {
      return base::fail(ErrorCode::kDevice, "{}: {}", script_.id, script_.decoder_error);
    }
    if (script_.decoder.batch == 0) {
      warnings.push_back(script_.id + ": its script has no decoder");
      return nullptr;
    }
    return fake::make_decoder(script_.id, script_.decoder, max_pixels);
  }

  Result<std::unique_ptr<HeadRun>> open_heads(const Workload& work) override {
    if (!script_.open_error.empty()) {
      return open_error();
    }
    return std::make_unique<FakeHeads>(work.network, script_.id + ": scripted, raw heads");
  }

  bool decodes_videos() const override { return script_.decodes_videos; }

  Result<std::unique_ptr<video::GpuFrames>> make_video_frames() override {
    if (script_.decodes_videos) {
      return std::make_unique<NoFrames>();
    }
    return nullptr;
  }

  Result<DeviceSpeed> measure(const Workload& /*work*/, const SpeedRun& run) override {
    if (!script_.open_error.empty()) {
      return open_error();
    }
    DeviceSpeed speed;
    speed.device = script_.id;
    speed.description = script_.id + ": scripted, the network alone";
    speed.batch = script_.batch;
    speed.seconds = run.measured.count();
    speed.per_second = static_cast<double>(script_.batch) * 1000 /
                       static_cast<double>(std::max<std::int64_t>(script_.delay.count(), 1));
    speed.batches = 1;
    return speed;
  }

  std::string engine_kind() const override { return script_.kind; }

  Result<EngineReport> prepare(const Workload& work, std::vector<std::string>& warnings) override {
    if (!script_.open_error.empty()) {
      return open_error();
    }
    if (work.options.on_build) {
      work.options.on_build({script_.id, 0, false, true, false});
    }
    warnings.emplace_back("a fake engine is no file");
    return EngineReport{script_.id, script_.kind + ".engine", 0, true, 0};
  }

  std::size_t pixel_memory_bytes() const noexcept override { return script_.pixel_memory; }

  Result<std::shared_ptr<PixelMemory>> make_pixel_memory(std::size_t /*bytes*/) override {
    return std::make_shared<FakeMemory>();
  }

 private:
  tl::unexpected<Error> open_error() const {
    return base::fail(ErrorCode::kDevice, "{}: {}", script_.id, script_.open_error);
  }

  const Script script_;
};

}  // namespace

std::shared_ptr<Device> make_device(Script script) {
  return std::make_shared<FakeDevice>(std::move(script));
}

Listing list_devices() {
  Listing listing{"fake device", {"fake:"}, {}};
  const char* const text = std::getenv("YOLOFLEET_FAKE_DEVICES");
  if (text == nullptr) {
    listing.devices = base::fail(ErrorCode::kNotFound, "YOLOFLEET_FAKE_DEVICES is not set");
    return listing;
  }
  auto scripts = parse_scripts(text);
  if (!scripts) {
    listing.devices = tl::unexpected(std::move(scripts).error());
    return listing;
  }
  for (Script& script : *scripts) {
    listing.devices->push_back(make_device(std::move(script)));
  }
  return listing;
}

}  // namespace yolofleet::backend::fake
