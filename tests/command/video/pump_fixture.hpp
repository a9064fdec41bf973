#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "command/video/scripted_videos.hpp"
#include "input/video_name.hpp"
#include "video/pump.hpp"

namespace yolofleet::command::testing {

/// Runs a pump and keeps what it gives.
class PumpTest : public ::testing::Test {
 protected:
  void file(const std::string& name, int frames, const std::optional<Error>& error = {}) {
    videos_.sources[name] = {{{frames, error}}, false, frames / kRate, 0};
    names_.push_back(name);
  }
  void live(const std::string& name, std::vector<Connection> connections) {
    videos_.sources[name] = {std::move(connections), true, 0, 0};
    names_.push_back(name);
  }

  void run() {
    std::vector<Entry> entries;
    for (const std::string& name : names_) {
      entries.push_back(video_entry(name, name));
    }
    options_.open = scripted(videos_);
    pump_ = std::make_unique<VideoPump>(std::move(entries), options_);
    pump_->run({[this](const Picture& picture, const Entry& entry) { return take(picture, entry); },
                [this](const Error& error, const Entry& entry) {
                  errors_.push_back(entry.name + " -> " + error.message);
                  return true;
                },
                [this](const std::string& text) { messages_.push_back(text); },
                [this] { return stop_ || std::chrono::steady_clock::now() > until_; }});
  }

  bool take(const Picture& picture, const Entry& entry) {
    const auto* const on_device = std::get_if<DeviceImage>(&picture);
    memories_[entry.name].insert(on_device == nullptr ? "host" : on_device->device);
    if (on_device == nullptr) {
      EXPECT_EQ(std::get<Planes>(picture).width(), 8);
    }
    numbers_[entry.name].push_back(entry.frame->number);
    frames_.push_back(entry);
    std::this_thread::sleep_for(taking_);
    if (taken_) {
      pump_->taken(*entry.frame);
    }
    if (frames_.size() == enough_) {
      stop_ = true;
    }
    return true;
  }

  Videos videos_;
  PumpOptions options_;
  std::chrono::milliseconds taking_{0};
  bool taken_ = true;
  std::size_t enough_ = std::numeric_limits<std::size_t>::max();
  std::chrono::steady_clock::time_point until_ =
      std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::unique_ptr<VideoPump> pump_;
  std::vector<std::string> names_;
  std::vector<Entry> frames_;
  std::map<std::string, std::vector<std::uint64_t>> numbers_;
  std::map<std::string, std::set<std::string>> memories_;  // in which the frames were
  std::vector<std::string> errors_;
  std::vector<std::string> messages_;
  std::atomic<bool> stop_{false};
};

}  // namespace yolofleet::command::testing
