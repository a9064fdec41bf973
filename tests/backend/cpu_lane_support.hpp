#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "backend/cpu/cpu_lane.hpp"
#include "backend/lane.hpp"
#include "graph/network.hpp"

namespace yolofleet::backend::cpu {

inline constexpr graph::Shape kInput{3, 4, 8};

/// A network of one cell, one class and an anchor that is the whole input.
inline graph::Network one_cell_network(bool letterbox = false) {
  graph::Head yolo;
  yolo.anchors = {{8.0F, 4.0F}};
  yolo.classes = 1;
  std::vector<graph::Layer> layers(1);
  layers[0].operation = yolo;
  layers[0].input = {6, 1, 1};
  layers[0].output = {6, 1, 1};
  return {"one_cell", kInput, letterbox, layers};
}

/// As `Options` has them.
inline CpuLaneOptions darknets_options() {
  const Options defaults;
  CpuLaneOptions options;
  options.confidence = defaults.confidence;
  options.nms = defaults.nms;
  options.max_detections = defaults.max_detections;
  options.max_pixels = defaults.max_pixels;
  return options;
}

/// Collects what a lane hands over.
class Results {
 public:
  OnFinished collector() {
    return [this](std::vector<PictureResult> batch, const std::vector<Job>&) {
      const std::lock_guard lock(mutex_);
      for (PictureResult& result : batch) {
        results_.push_back(std::move(result));
      }
      changed_.notify_all();
    };
  }
  std::vector<PictureResult> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return results_.size() >= count; });
    return results_;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return results_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<PictureResult> results_;
};

/// Threads wait here until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_until_before_it(int threads) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= threads; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

}  // namespace yolofleet::backend::cpu
