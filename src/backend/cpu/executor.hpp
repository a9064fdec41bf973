#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

/// The interface between the CPU lane and the module that runs its networks. The module is a shared
/// library that is loaded at run time, so that the program also starts without OpenVINO.
namespace yolofleet::backend::cpu {

/// The memory for one picture's run through the network. For one thread at a time.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  virtual ~Request() = default;

  /// The network's input, to be filled before `infer`: channels x height x width floats, RGB, 0 to
  /// 1. Valid as long as the request exists.
  virtual std::span<float> input() = 0;
  /// Runs the network on `input()`; blocks until it is done. Errors: kDevice.
  virtual Result<void> infer() = 0;
  /// The input of head `index` (of Network::heads()) from the last `infer`, before any sigmoid:
  /// channels x height x width floats. Valid until the next `infer`.
  virtual std::span<const float> head(std::size_t index) const = 0;
};

/// A compiled network.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Creates one more request; ExecutorOptions::streams of them run side by side. Errors: kDevice.
  virtual Result<std::unique_ptr<Request>> create_request() = 0;
  /// The precision that it computes in; never kAuto.
  virtual Precision precision() const noexcept = 0;
};

struct ExecutorOptions {
  Precision precision = Precision::kFp32;
  int streams = 1;  ///< number of requests that run side by side
  int threads = 1;  ///< for all streams together; at least `streams`
};

/// The functions of a module. There is one object per process, which is never destroyed.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  virtual std::string runtime() const = 0;   ///< "OpenVINO 2026.4.1"
  virtual std::string cpu_name() const = 0;  ///< the maker's name for it
  virtual bool has_bf16() const = 0;         ///< whether the CPU has it in hardware
  /// Errors: kUnsupported (a layer without a suitable operation, with its line), kInvalidArgument
  /// (a layer without its weights, or no head), kDevice.
  virtual Result<std::unique_ptr<Executor>> compile(const graph::Network& network,
                                                    const ExecutorOptions& options) = 0;
};

/// The module's one exported function: `extern "C" Module* yolofleet_cpu_module(const char*
/// build_id)`, as base/module.hpp describes it. The build makes the id from the project's version
/// and a hash of this header and of those in graph/, so it changes whenever one of them does.
inline constexpr const char* kModuleEntryPoint = "yolofleet_cpu_module";

}  // namespace yolofleet::backend::cpu
