#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/head_run.hpp"
#include "backend/lane.hpp"
#include "backend/speed_run.hpp"
#include "graph/network.hpp"
#include "yolofleet/device_info.hpp"
#include "yolofleet/engine_report.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::backend {

/// A network and the options to run it with. Both belong to the caller and outlive the call that
/// gets them.
struct Workload {
  const graph::Network& network;
  const Options& options;
};

/// A device of this machine: what it is, and everything that the library asks of it. A back end
/// implements this interface and lists its devices (Listing); the code above knows no other
/// difference between a CPU and a GPU.
///
/// A device costs nothing until it opens something: it may be dropped as soon as its lanes are
/// open. The devices of one listing may share what they make, such as built engines, as long as
/// one of them lives. Decoders that belong to a device (JPEG, video) and pictures whose pixels
/// lie on it will be further members.
///
/// Thread safety: all members, from any number of threads.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  /// Its name in Options::devices and in results: "cpu", "cuda:0".
  virtual std::string id() const = 0;
  /// The name that gives this device as it is configured: "cpu:4" is the CPU with four threads.
  virtual std::string configured_name() const { return id(); }
  /// May load the library that runs networks, to tell its version.
  virtual DeviceInfo info() const = 0;
  /// Why no network can be run on it; empty if one can, or if only opening shows it.
  virtual std::string unavailable() const { return {}; }
  /// Whether "auto" takes it only where no other device can be used.
  virtual bool is_fallback() const noexcept { return false; }

  /// Names in Options::devices that mean it, for messages: {"cpu", "cpu:N"}.
  virtual std::vector<std::string> names() const { return {id()}; }
  /// Whether `name`, a word of Options::devices, means this device.
  virtual bool has_name(std::string_view name) const { return name == id(); }
  /// The device with the configuration that `name` and `options` ask for; null: this one as it is.
  /// Precondition: has_name. Errors: kInvalidArgument (a malformed name, or a contradiction).
  virtual Result<std::shared_ptr<Device>> configure(const std::string& /*name*/,
                                                    const Options& /*options*/) const {
    return nullptr;
  }

  /// Makes the network ready to run and opens a lane, which hands finished batches to
  /// `on_finished`. Takes seconds; minutes where an engine has to be built. Adds to `warnings` what
  /// the user should know. The lane keeps nothing of `work`.
  /// Errors: as Detector::open.
  virtual Result<std::unique_ptr<Lane>> open_lane(const Workload& work,
                                                  const OnFinished& on_finished,
                                                  std::vector<std::string>& warnings) = 0;

  /// Makes the network ready to run up to its heads' inputs. The run keeps nothing of `work`.
  /// Errors: as RawHeads::open.
  virtual Result<std::unique_ptr<HeadRun>> open_heads(const Workload& work) = 0;

  /// Runs the network alone on made-up inputs. Errors: as engine_speed.
  virtual Result<DeviceSpeed> measure(const Workload& work, const SpeedRun& run) = 0;

  /// The kind of device that an engine is built for: devices of one kind share it. Empty: the
  /// device needs no engine, and `prepare` is never called.
  virtual std::string engine_kind() const { return {}; }
  /// Builds the engine that a lane with this work would need, unless the cache has it. Adds to
  /// `warnings`. Errors: as build_engines; kInternal where the device needs no engine.
  virtual Result<EngineReport> prepare(const Workload& work, std::vector<std::string>& warnings);

  /// Bytes of memory from which the device fetches pixels without a copy in between, as much as it
  /// profits from; 0: it fetches them from anywhere.
  virtual std::size_t pixel_memory_bytes() const noexcept { return 0; }
  /// Such memory, of `bytes` in all, for this device and all others of its back end; null where it
  /// needs none. Errors: kTooLarge (the host has no such memory left), kDevice.
  virtual Result<std::shared_ptr<PixelMemory>> make_pixel_memory(std::size_t /*bytes*/) {
    return nullptr;
  }
};

using Devices = std::vector<std::shared_ptr<Device>>;

/// The devices of one back end.
struct Listing {
  /// What its devices are called in messages: "GPU".
  std::string noun;
  /// How the names of its devices begin, also of those that aren't there: {"cuda:", "GPU-"}.
  std::vector<std::string> prefixes;
  /// In their order, usable or not; or why there is none. Errors: kNotFound (there is none),
  /// others where there may be some that don't work.
  Result<Devices> devices;
};

}  // namespace yolofleet::backend
