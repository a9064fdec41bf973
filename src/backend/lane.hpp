#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ops/thresholds.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::backend {

/// The size of a picture as it is shown, in pixels.
struct ShownSize {
  int width = 0;
  int height = 0;
};

/// Host memory of pictures, in bytes.
struct HostBytes {
  std::size_t files = 0;   ///< encoded
  std::size_t pixels = 0;  ///< decoded, or being decoded
};

/// A picture on its way through a lane.
struct Job {
  std::uint64_t ticket = 0;  ///< given by the fleet; the lane returns it as PictureResult::index
  Picture picture;           ///< has pixels, unless LaneInfo::decodes
  /// Replace the lane's own thresholds; the same in all jobs of a batch.
  std::optional<ops::Thresholds> thresholds{};
  // For the fleet; a lane leaves these alone.
  std::any tag{};          ///< the caller's
  bool passed_on = false;  ///< a lost lane had this job before
  /// The file of a picture that a Decoder has decoded to a DeviceImage. It is kept until the result
  /// is there, so that another device can do the picture when this one is lost.
  EncodedImage file{};
  /// The size of the file's picture, if its pixels were decoded at a fraction of it; else 0 x 0. A
  /// lane's result refers to the pixels that it got: the fleet calls `to_full_size`.
  ShownSize full_size{};
  HostBytes counted{};  ///< in the fleet's budget
  /// The bytes that decoding the file takes, by its header; 0 if there is no file.
  std::size_t decoded_bytes = 0;
};

/// Properties of a lane, fixed when it is opened.
struct LaneInfo {
  std::string device;       ///< "cpu"
  std::string description;  ///< "cpu: OpenVINO 2026.4.1, bf16, 2 threads"
  std::size_t slots = 1;    ///< batches that may be in the lane at once
  std::size_t batch = 1;    ///< largest number of pictures in a batch
  /// Lanes of one kind give identical results for a picture: they run the same engine on the same
  /// kind of device.
  std::string kind = device;
  Precision precision = Precision::kFp32;  ///< that it computes in; never kAuto
  bool decodes = false;                    ///< accepts encoded files; else only pixels
  bool takes_device_images = false;        ///< accepts DeviceImage, of this and of other devices
};

/// The measurements of a lane since it was opened. Empty if it measures nothing.
struct LaneStats {
  std::vector<StageReport> stages;
  std::uint64_t uploaded_bytes = 0;  ///< of pictures, from the host to the device
};

/// Takes a finished batch. `results` has one result for each picture, in the order of submission;
/// `jobs` has the jobs of the same pictures in the same order.
///
/// The job of a picture with a kDevice error still has the picture, encoded or decoded, so that
/// another device can process it; an empty ImageView means that the lane can't give it back.
/// Pictures without such an error may have been moved from.
///
/// Called from a thread of the lane, never from within `try_submit`. Must not wait for the lane.
/// May call `try_submit`: the batch's slot is free by then.
using OnFinished = std::function<void(std::vector<PictureResult> results, std::vector<Job> jobs)>;

/// Processes pictures on one device, from pixels or files to detections. The fleet doesn't know the
/// steps, so a back end may fuse them.
///
/// Thread safety: all members but the destructor may be called from any thread.
/// The destructor finishes the accepted batches (each is handed to OnFinished) and joins its
/// threads.
class Lane {
 public:
  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual ~Lane() = default;

  virtual const LaneInfo& info() const noexcept = 0;

  /// Accepts the batch of 1 to info().batch jobs, which are moved from, if a slot is free.
  /// Otherwise returns false and leaves the batch unchanged. Never waits for the device.
  /// Precondition: each view passed `check`.
  virtual bool try_submit(std::vector<Job>& batch) = 0;

  virtual LaneStats stats() const { return {}; }
};

}  // namespace yolofleet::backend
