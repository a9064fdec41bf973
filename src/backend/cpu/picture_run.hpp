#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "backend/cpu/cpu_lane.hpp"
#include "backend/cpu/executor.hpp"
#include "backend/lane.hpp"
#include "backend/stage_times.hpp"
#include "ops/nms.hpp"
#include "ops/resize.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::backend::cpu {

enum class Stage : std::size_t { kDecode, kResize, kNetwork, kBoxes, kCount };
inline constexpr std::array kStageNames{"decode", "resize", "network", "boxes"};
using CpuTimes = StageTimes<Stage>;

/// What a lane does with each picture, fixed when it is opened. Immutable; used by all its threads.
class PictureRun {
 public:
  PictureRun(const graph::Network& network, const CpuLaneOptions& options);

  /// Looks at the picture with a request of the caller's. Never throws for what is in the picture
  /// or missing in memory: the result says what failed. Where the device did, the picture is still
  /// in the job, its pixels in the place of an encoded file; else the job may be left empty.
  /// `times` gets the time that each stage took.
  PictureResult operator()(Job& job, Request& request, CpuTimes& times) const noexcept;

 private:
  struct Head {
    graph::Head head;
    graph::Shape shape;
  };

  Result<std::vector<Detection>> detect(const ImageView& picture, const Thresholds& thresholds,
                                        Request& request, CpuTimes& times) const;

  graph::Shape input_;
  ops::Fit fit_;
  std::vector<Head> heads_;
  Thresholds thresholds_;
  ops::NmsOptions nms_;  // but for its threshold
  bool keep_pixels_;
  DecodeLimits decode_limits_;
};

}  // namespace yolofleet::backend::cpu
