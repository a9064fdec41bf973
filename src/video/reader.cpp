#include "video/reader.hpp"

#include <cmath>
#include <cstdint>
#include <utility>

#include "base/fail.hpp"
#include "image/plane_rows.hpp"
#include "video/module.hpp"
#include "video/module_loader.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::video {

Result<void> check(const VideoOptions& options) {
  constexpr auto kInvalid = ErrorCode::kInvalidArgument;
  if (!std::isfinite(options.from) || options.from < 0) {
    return base::fail(kInvalid, "VideoOptions::from is {}; it must be at least 0", options.from);
  }
  if (!std::isfinite(options.to) || options.to < 0 ||
      (options.to > 0 && options.to <= options.from)) {
    return base::fail(kInvalid, "VideoOptions::to is {}; it must be 0 or more than `from`, {}",
                      options.to, options.from);
  }
  if (options.threads < 1 || options.threads > kMaxVideoThreads) {
    return base::fail(kInvalid, "VideoOptions::threads is {}; it must be from 1 to {}",
                      options.threads, kMaxVideoThreads);
  }
  if (options.timeout.count() < 1) {
    return base::fail(kInvalid, "VideoOptions::timeout is {} ms; it must be at least 1",
                      options.timeout.count());
  }
  if (options.max_pixels < 1) {
    return base::fail(kInvalid, "VideoOptions::max_pixels is {}; it must be at least 1",
                      options.max_pixels);
  }
  return {};
}

namespace {

/// The samples of a view, in memory of their own.
Planes copy_of(const PlanesView& view, const std::shared_ptr<PixelMemory>& memory) {
  Planes copy(view.width, view.height, view.format, memory);
  copy.set_orientation(view.orientation);
  image::copy_packed(view, copy.samples().data());
  return copy;
}

class Reader final : public VideoReader {
 public:
  Reader(std::unique_ptr<Source> source, const VideoOptions& options,
         std::unique_ptr<GpuFrames> gpu)
      : gpu_(std::move(gpu)),
        source_(std::move(source)),
        memory_(options.memory),
        on_host_(options.on_host) {}

  const VideoInfo& info() const noexcept override { return source_->info(); }

  Result<std::optional<VideoFrame>> next() override {
    auto decoded = source_->next();
    if (!decoded) {
      return tl::unexpected(std::move(decoded.error()));
    }
    if (!*decoded) {
      return std::optional<VideoFrame>();
    }
    const FrameView& frame = **decoded;
    return picture_of(frame).map([&](Picture picture) {
      return std::optional<VideoFrame>(
          {std::move(picture), number_++, frame.seconds, frame.read_at});
    });
  }

  void interrupt() noexcept override { source_->interrupt(); }

 private:
  Result<Picture> picture_of(const FrameView& frame) {
    if (!frame.on_gpu) {
      return copy_of(frame.picture, memory_);
    }
    if (on_host_) {
      return gpu_->download(frame.picture, memory_).map([](Planes planes) {
        return Picture(std::move(planes));
      });
    }
    return gpu_->keep(frame.picture, memory_);
  }

  const std::unique_ptr<GpuFrames> gpu_;  // outlives its decoder
  std::unique_ptr<Source> source_;
  std::shared_ptr<PixelMemory> memory_;
  bool on_host_;
  std::uint64_t number_ = 0;
};

}  // namespace

Result<std::unique_ptr<VideoReader>> open_reader(const std::string& source,
                                                 const VideoOptions& options,
                                                 std::unique_ptr<GpuFrames> gpu) {
  auto module = load_module();
  if (!module) {
    return tl::unexpected(std::move(module.error()));
  }
  auto opened = (*module)->open_source(source, options, gpu == nullptr ? nullptr : &gpu->context());
  if (!opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  return std::make_unique<Reader>(std::move(*opened), options, std::move(gpu));
}

}  // namespace yolofleet::video
