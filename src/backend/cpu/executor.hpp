#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

/// The seam between the CPU lane and the module that runs networks for it. The module is a shared
/// library that is loaded at run time, so that the program also starts where OpenVINO is missing.
namespace yolofleet::backend::cpu {

/// Room for one picture and its run through the network. Used by one thread at a time.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  virtual ~Request() = default;

  /// The network's input, to be filled before `infer`: channels x height x width floats, RGB, 0 to
  /// 1. Valid as long as the request.
  virtual std::span<float> input() = 0;
  /// Runs the network on `input()`; blocks until it is done. Errors: kDevice.
  virtual Result<void> infer() = 0;
  /// What head `index` (counted in Network::heads()) was given by the last `infer`, before any
  /// sigmoid: channels x height x width floats. Valid until the next `infer`.
  virtual std::span<const float> head(std::size_t index) const = 0;
};

/// A network, ready to run.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Room for one more picture; up to ExecutorOptions::streams of them run side by side.
  virtual Result<std::unique_ptr<Request>> create_request() = 0;
  /// What it computes in: never kAuto.
  virtual Precision precision() const noexcept = 0;
};

struct ExecutorOptions {
  Precision precision = Precision::kFp32;
  int streams = 1;  ///< requests that run side by side
  int threads = 1;  ///< of all streams together; at least `streams`
};

/// What a module offers. One a process; lives as long as the module is loaded.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  virtual std::string runtime() const = 0;   ///< "OpenVINO 2026.4.1"
  virtual std::string cpu_name() const = 0;  ///< what its maker calls it
  virtual bool has_bf16() const = 0;         ///< in hardware
  /// Errors: kUnsupported (a layer that it has no operation for, named with its line), kDevice.
  virtual Result<std::unique_ptr<Executor>> compile(const graph::Network& network,
                                                    const ExecutorOptions& options) = 0;
};

/// Changes whenever anything of this header or of graph/ does: a module of another build is
/// refused. Made by the build from the project's version and a hash of those headers.
inline constexpr const char* kModuleEntryPoint = "yolofleet_cpu_module";

/// The module's one exported function: `extern "C" Module* yolofleet_cpu_module(const char*
/// build_id)`; null for another build's id.
using ModuleEntryPoint = Module* (*)(const char* build_id);

}  // namespace yolofleet::backend::cpu
