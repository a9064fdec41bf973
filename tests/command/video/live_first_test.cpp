// Live sources among files, on a device that is too slow for all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <deque>
#include <optional>
#include <thread>

#include "command/video/scripted_videos.hpp"
#include "input/video_name.hpp"

namespace yolofleet::command {
namespace {

using namespace std::chrono_literals;
using testing::Videos;
using Clock = std::chrono::steady_clock;

/// A device that detects in one frame after the other, behind a queue. How many a second it does
/// doesn't depend on how punctually its thread wakes.
class SlowDevice {
 public:
  SlowDevice(VideoPump& pump, std::chrono::milliseconds frame, std::size_t room)
      : pump_(pump), frame_(frame), room_(room), thread_([this] { run(); }) {}
  SlowDevice(const SlowDevice&) = delete;
  SlowDevice& operator=(const SlowDevice&) = delete;
  ~SlowDevice() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  /// Takes a frame, or a picture. Blocks while the queue is full.
  void submit(const Entry& entry) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.size() < room_; });
    queue_.push_back({entry.frame, Clock::now()});
    if (entry.frame && entry.frame->live) {
      most_before_live_ = std::max(most_before_live_, queue_.size() - 1);
    }
    changed_.notify_all();
  }

  /// The most frames that a live one found in the queue.
  std::size_t most_before_live() const { return most_before_live_; }

 private:
  struct Waiting {
    std::optional<Frame> frame;
    Clock::time_point came;
  };

  void run() {
    Clock::time_point due;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) {
        return;
      }
      due = std::max(due, queue_.front().came) + frame_;
      lock.unlock();
      std::this_thread::sleep_until(due);
      lock.lock();
      const std::optional<Frame> frame = queue_.front().frame;
      queue_.pop_front();
      lock.unlock();
      changed_.notify_all();
      if (frame) {
        pump_.taken(*frame);
      } else {
        pump_.picture_taken();
      }
      lock.lock();
    }
  }

  VideoPump& pump_;
  std::chrono::milliseconds frame_;
  std::size_t room_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  std::size_t most_before_live_ = 0;
  bool closing_ = false;
  std::thread thread_;
};

constexpr int kLiveFrames = 50;
constexpr std::uint64_t kFew = 5;  // frames that are dropped while a busy machine stops a thread

/// A camera, and files that are opened after it.
class LiveFirst : public ::testing::Test {
 protected:
  void sources(int files, testing::Connection camera) {
    videos_.sources["rtsp://cam"] = {{std::move(camera)}, true, 0, 0};
    entries_ = {video_entry("rtsp://cam", "rtsp://cam")};
    for (int i = 0; i < files; ++i) {
      const std::string name = fmt::format("{}.mp4", i);
      videos_.sources[name] = {{{.frames = 1'000'000, .opening = 100ms}}, false, 0, 0};
      entries_.push_back(video_entry(name, name));
    }
    options_.open = scripted(videos_);
    options_.threads = 2;
  }

  void run(const std::function<bool(const Entry&)>& submit, std::chrono::milliseconds time) {
    const auto until = Clock::now() + time;
    pump_->run({[&](const Picture&, const Entry& entry) { return submit(entry); },
                [](const Error&, const Entry&) { return true; }, [](const std::string&) {},
                [&] { return Clock::now() > until; }});
  }

  Videos videos_;
  std::vector<Entry> entries_;
  PumpOptions options_;
  std::unique_ptr<VideoPump> pump_;
};

TEST_F(LiveFirst, FilesDontHoldUpACamera) {
  sources(11, {.frames = kLiveFrames, .hangs = true, .delay = 40ms});
  options_.live_under_way = 8;
  options_.others_under_way = 2;
  pump_ = std::make_unique<VideoPump>(entries_, options_);
  std::uint64_t of_files = 0;
  std::size_t before_live = 0;
  {
    SlowDevice device(*pump_, 16ms, 16);
    run(
        [&](const Entry& entry) {
          of_files += entry.frame->live ? 0U : 1U;
          device.submit(entry);
          return true;
        },
        2500ms);
    before_live = device.most_before_live();
  }
  const VideoReport camera = pump_->report()[0];
  EXPECT_LE(camera.dropped, kFew);
  EXPECT_GE(camera.frames, 40U);
  EXPECT_LE(before_live, 9U) << "of at most two files' frames, and its own";
  EXPECT_LT(camera.latency.quantile(0.5), 0.15) << "alone 16 ms, behind a full queue 270 ms";
  EXPECT_GT(of_files, 25U) << "and files fill the rest";
}

TEST_F(LiveFirst, PicturesDontHoldUpACamera) {
  sources(0, {.frames = kLiveFrames, .hangs = true, .delay = 40ms});
  options_.others_under_way = 2;
  pump_ = std::make_unique<VideoPump>(entries_, options_);
  std::atomic<int> pictures{0};
  std::atomic<bool> stop{false};
  {
    SlowDevice device(*pump_, 16ms, 16);
    std::thread reader([&] {
      for (; !stop; ++pictures) {
        pump_->admit_picture([&] { return stop.load(); });
        device.submit({});
      }
    });
    run(
        [&](const Entry& entry) {
          device.submit(entry);
          return true;
        },
        2500ms);
    stop = true;
    reader.join();
  }
  const VideoReport camera = pump_->report()[0];
  EXPECT_LE(camera.dropped, kFew);
  EXPECT_GE(camera.frames, 40U);
  EXPECT_LT(camera.latency.quantile(0.5), 0.15) << "alone 16 ms, behind a full queue 270 ms";
  EXPECT_GT(pictures, 25) << "and pictures fill the rest";
}

TEST_F(LiveFirst, PicturesHaveNoLimitWithoutACamera) {
  sources(1, {.refuses = Error{ErrorCode::kIo, "no answer"}, .opening = 100ms});
  options_.others_under_way = 1;
  pump_ = std::make_unique<VideoPump>(entries_, options_);
  const auto admit_some = [&] {
    for (int i = 0; i < 20; ++i) {
      pump_->admit_picture([] { return false; });
    }
  };
  admit_some();
  run([&](const Entry&) { return true; }, 200ms);
  admit_some();
}

TEST_F(LiveFirst, FilesHaveALimitWhileACameraIsConnected) {
  sources(3, {.frames = 0, .hangs = true});
  options_.others_under_way = 3;
  pump_ = std::make_unique<VideoPump>(entries_, options_);
  int submitted = 0;
  run([&](const Entry&) { return ++submitted > 0; }, 1s);
  EXPECT_EQ(submitted, 3);
}

TEST_F(LiveFirst, FilesHaveNoLimitWhileACameraIsGone) {
  sources(3, {.frames = 0});
  options_.first_pause = 5s;
  options_.others_under_way = 3;
  pump_ = std::make_unique<VideoPump>(entries_, options_);
  int submitted = 0;
  run([&](const Entry&) { return ++submitted < 100; }, 10s);
  EXPECT_EQ(submitted, 100);
}

TEST_F(LiveFirst, ACameraThatTheDevicesAreTooSlowForLeavesAFrameToTheFiles) {
  sources(1, {.frames = 1000, .hangs = true, .delay = 1ms});
  options_.live_under_way = 2;
  options_.others_under_way = 8;
  pump_ = std::make_unique<VideoPump>(entries_, options_);
  std::map<bool, int> submitted;
  {
    SlowDevice device(*pump_, 10ms, 16);
    run(
        [&](const Entry& entry) {
          ++submitted[entry.frame->live];
          device.submit(entry);
          return true;
        },
        1s);
  }
  EXPECT_GT(submitted[true], submitted[false] * 3 / 2);
  EXPECT_GT(submitted[false], 5);
}

}  // namespace
}  // namespace yolofleet::command
