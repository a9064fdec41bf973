#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "video/pump.hpp"

namespace yolofleet::command::testing {

/// A scripted source's behaviour from one opening to its end.
struct Connection {
  int frames = 0;
  std::optional<Error> error{};        ///< after the frames; else it ends, or hangs
  bool hangs = false;                  ///< after the frames, until it is interrupted
  std::chrono::milliseconds delay{0};  ///< before each frame
  std::optional<Error> refuses{};      ///< opening it fails
  std::chrono::milliseconds opening{0};
  std::vector<double> stamps{};  ///< VideoFrame::seconds; empty: even
  bool only_cpu = false;         ///< the device that is asked for can't decode it
};

/// A source: its connections, one after the other; the last one again and again.
struct Source {
  std::vector<Connection> connections;
  bool live = false;
  double duration = 0;
  std::size_t opened = 0;
};

constexpr double kRate = 25;

/// The readers' common state.
struct Videos {
  std::mutex mutex;
  std::map<std::string, Source> sources;
  std::atomic<int> open{0};
  std::atomic<int> most_open{0};
  std::vector<int> codec_threads;
  std::map<std::string, std::vector<std::string>>
      devices;                ///< VideoOptions::device at each opening
  std::atomic<int> given{0};  ///< frames, of all
};

/// A frame of 96 bytes in the memory of a device, which nobody reads.
inline DeviceImage image_on(const std::string& device) {
  static std::array<std::uint8_t, 96> memory{};
  PlanesView view;
  view.width = view.height = 8;
  view.planes = {memory.data(), memory.data() + 64, memory.data() + 80};
  view.strides = {8, 4, 4};
  DeviceImage image;
  image.device = device;
  image.pixels = view;
  return image;
}

class ScriptedReader final : public VideoReader {
 public:
  ScriptedReader(Connection connection, VideoInfo info, Videos& videos, const VideoOptions& options)
      : connection_(std::move(connection)),
        info_(std::move(info)),
        videos_(videos),
        options_(options) {
    const int open = ++videos_.open;
    videos_.most_open = std::max(videos_.most_open.load(), open);
  }
  ScriptedReader(const ScriptedReader&) = delete;
  ScriptedReader& operator=(const ScriptedReader&) = delete;
  ~ScriptedReader() override { --videos_.open; }

  const VideoInfo& info() const noexcept override { return info_; }

  Result<std::optional<VideoFrame>> next() override {
    std::unique_lock lock(mutex_);
    const bool over = given_ == connection_.frames;
    if (over && connection_.hangs) {
      stop_.wait(lock, [this] { return interrupted_; });
    }
    stop_.wait_for(lock, connection_.delay, [this] { return interrupted_; });
    if (interrupted_) {
      return tl::unexpected(Error{ErrorCode::kCancelled, "it was interrupted"});
    }
    if (over && connection_.error) {
      return tl::unexpected(*connection_.error);
    }
    const std::vector<double>& stamps = connection_.stamps;
    const double seconds =
        over || stamps.empty() ? given_ / kRate : stamps[static_cast<std::size_t>(given_)];
    if (over || (options_.to > 0 && seconds >= options_.to)) {
      return std::nullopt;
    }
    if (connection_.only_cpu) {
      info_.device = "cpu";
    }
    ++videos_.given;
    return VideoFrame{picture(), static_cast<std::uint64_t>(given_++), seconds,
                      std::chrono::steady_clock::now()};
  }

  void interrupt() noexcept override {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    stop_.notify_all();
  }

 private:
  Picture picture() const {
    return info_.device == "cpu" ? Picture(Planes(8, 8, {})) : Picture(image_on(info_.device));
  }

  Connection connection_;
  VideoInfo info_;
  Videos& videos_;
  VideoOptions options_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool interrupted_ = false;
  int given_ = 0;
};

/// `videos` must outlive what it opens.
inline OpenVideo scripted(Videos& videos) {
  return [&videos](const std::string& name,
                   const VideoOptions& options) -> Result<std::unique_ptr<VideoReader>> {
    Connection connection;
    VideoInfo info;
    {
      const std::lock_guard lock(videos.mutex);
      Source& source = videos.sources.at(name);
      connection = source.connections.at(std::min(source.opened, source.connections.size() - 1));
      ++source.opened;
      info.frame_rate = kRate;
      info.duration = source.duration;
      info.live = source.live;
      info.codec = "h264";
      info.device = options.device.empty() ? "cpu" : options.device;
      videos.devices[name].push_back(options.device);
      videos.codec_threads.push_back(options.threads);
    }
    std::this_thread::sleep_for(connection.opening);
    if (connection.refuses) {
      return tl::unexpected(*connection.refuses);
    }
    return std::make_unique<ScriptedReader>(connection, info, videos, options);
  };
}

}  // namespace yolofleet::command::testing
