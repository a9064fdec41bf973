#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "backend/cpu/cpu_lane.hpp"
#include "backend/cpu/executor.hpp"
#include "backend/lane.hpp"
#include "backend/pixels.hpp"
#include "backend/stage_times.hpp"
#include "ops/nms.hpp"
#include "ops/resize.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::backend::cpu {

enum class Stage : std::size_t { kDecode, kResize, kNetwork, kBoxes, kCount };
inline constexpr std::array kStageNames{"decode", "resize", "network", "boxes"};
using CpuTimes = StageTimes<Stage>;

/// All steps from a picture to its detections. Immutable; shared by the threads of a lane.
class PictureRun {
 public:
  PictureRun(const graph::Network& network, const CpuLaneOptions& options);

  /// Detects in the picture by means of the caller's request, and adds the time of each stage to
  /// `times`. A failure (also of a memory allocation) is the error of the result. After a kDevice
  /// error the picture is still in the job, decoded. Precondition: a view passed
  /// `check(ImageView)`.
  PictureResult operator()(Job& job, Request& request, CpuTimes& times) const noexcept;

 private:
  struct Head {
    graph::Head head;
    graph::Shape shape;
  };

  /// The boxes are relative to the picture.
  Result<ops::NmsResult> detect(const PixelView& picture, const ops::Thresholds& thresholds,
                                Request& request, CpuTimes& times) const;

  graph::Shape input_;
  ops::Fit fit_;
  std::vector<Head> heads_;
  ops::Thresholds thresholds_;
  ops::NmsOptions nms_;  // its threshold is replaced by that of each picture
  FileDecoding decoding_;
};

}  // namespace yolofleet::backend::cpu
