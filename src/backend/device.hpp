#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/decoder.hpp"
#include "backend/head_run.hpp"
#include "backend/lane.hpp"
#include "backend/speed_run.hpp"
#include "graph/network.hpp"
#include "video/gpu_frames.hpp"
#include "yolofleet/device_info.hpp"
#include "yolofleet/engine_report.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::backend {

/// A network and the options to run it with. The caller owns both and keeps them alive during the
/// call that takes them.
struct Workload {
  const graph::Network& network;
  const Options& options;
};

/// A device of this machine, with everything that the library needs from it. A back end implements
/// this interface and lists its devices (Listing). The code above makes no other difference between
/// a CPU and a GPU.
///
/// A Device takes nothing of the hardware until it opens something. It may be destroyed while its
/// lanes stay open. The devices of one listing may share what they make, such as built engines, as
/// long as one of these devices lives.
///
/// Thread safety: all members, from any number of threads.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  /// The device's name in Options::devices and in results: "cpu", "cuda:0".
  virtual std::string id() const = 0;
  /// The name in Options::devices that selects this device with its configuration: "cpu:4" is the
  /// CPU with four threads.
  virtual std::string configured_name() const { return id(); }
  /// Describes the device. May load the library that runs networks, to read its version.
  virtual DeviceInfo info() const = 0;
  /// Why no network can be run on the device. Empty if one can, or if that isn't known before
  /// something is opened.
  virtual std::string unavailable() const { return {}; }
  /// Whether "auto" takes it only where no other device can be used.
  virtual bool is_fallback() const noexcept { return false; }

  /// The names in Options::devices that select it, for messages: {"cpu", "cpu:N"}.
  virtual std::vector<std::string> names() const { return {id()}; }
  /// Whether `name`, an entry of Options::devices, selects this device.
  virtual bool has_name(std::string_view name) const { return name == id(); }
  /// Returns this device with the configuration that `name` and `options` ask for; null if that is
  /// this object as it is. Precondition: has_name(name). Errors: kInvalidArgument (a malformed
  /// name, or options that contradict it).
  virtual Result<std::shared_ptr<Device>> configure(const std::string& /*name*/,
                                                    const Options& /*options*/) const {
    return nullptr;
  }

  /// Makes the network ready to run and opens a lane, which hands finished batches to
  /// `on_finished`. Takes seconds, or minutes if an engine has to be built. Appends its warnings
  /// to `warnings`. The lane keeps no reference to `work`. Errors: as Detector::open.
  virtual Result<std::unique_ptr<Lane>> open_lane(const Workload& work,
                                                  const OnFinished& on_finished,
                                                  std::vector<std::string>& warnings) = 0;

  /// Makes the network ready to run up to its heads' inputs. The run keeps no reference to `work`.
  /// Errors: as RawHeads::open.
  virtual Result<std::unique_ptr<HeadRun>> open_heads(const Workload& work) = 0;

  /// Makes a decoder of picture files, once the lane is open, from what is left of the device's
  /// memory. Null if the device has none, with the reason in `reasons` if there could be one.
  /// `max_pixels`: as Options::max_pixels. Errors: kDevice, kTooLarge.
  virtual Result<std::unique_ptr<Decoder>> make_decoder(std::int64_t /*max_pixels*/,
                                                        std::vector<std::string>& /*reasons*/) {
    return nullptr;
  }

  /// Whether it decodes videos: DeviceInfo::decodes_videos.
  virtual bool decodes_videos() const { return false; }
  /// Makes what one video's reader needs to decode on this device; null if it doesn't decode
  /// videos. Errors: kDevice.
  virtual Result<std::unique_ptr<video::GpuFrames>> make_video_frames() { return nullptr; }

  /// Prepares a picture in this device's memory for the lanes, when it is submitted: checks that
  /// its pointers belong to the device, and notes the work on DeviceImage::stream that they have to
  /// wait for. Errors: kUnsupported (the device has no such memory), kInvalidArgument (a pointer to
  /// other memory), kDevice.
  virtual Result<void> receive(DeviceImage& picture);

  /// Measures the network alone on made-up inputs. Errors: as engine_speed.
  virtual Result<DeviceSpeed> measure(const Workload& work, const SpeedRun& run) = 0;

  /// The kind of device that an engine is built for: devices of one kind share it. Empty: the
  /// device needs no engine, and `prepare` is never called.
  virtual std::string engine_kind() const { return {}; }
  /// Builds the engine that a lane with this work needs, unless the cache has it. Appends to
  /// `warnings`. Errors: as build_engines; kInternal if the device needs no engine.
  virtual Result<EngineReport> prepare(const Workload& work, std::vector<std::string>& warnings);

  /// How many bytes of pixel memory (make_pixel_memory) the device profits from: it reads pixels in
  /// this memory without another copy. 0: it reads pixels from any memory equally well.
  virtual std::size_t pixel_memory_bytes() const noexcept { return 0; }
  /// Allocates `bytes` of pixel memory, for this device and all others of its back end; null if
  /// they need none. Errors: kTooLarge (the host has no such memory left), kDevice.
  virtual Result<std::shared_ptr<PixelMemory>> make_pixel_memory(std::size_t /*bytes*/) {
    return nullptr;
  }
};

using Devices = std::vector<std::shared_ptr<Device>>;

/// The devices of one back end.
struct Listing {
  /// The word for its devices in messages: "GPU".
  std::string noun;
  /// Prefixes of its devices' names: {"cuda:", "GPU-"}. They tell which back end a name belongs to
  /// even if there is no such device.
  std::vector<std::string> prefixes;
  /// All devices, usable or not, in their order; or why there is none. Errors: kNotFound (there is
  /// none). Any other error means that there may be devices, but they can't be used.
  Result<Devices> devices;
};

}  // namespace yolofleet::backend
