#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/cpu/executor.hpp"
#include "backend/lane.hpp"
#include "graph/network.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::cpu {

/// The members of `Options` that a CPU lane uses, in the same ranges. `Options` has the defaults;
/// the zeros here are none.
struct CpuLaneOptions {
  float confidence = 0;
  float nms = 0;
  int max_detections = 0;
  Resize resize{};
  bool keep_pixels = false;
  std::int64_t max_pixels = 0;
  DecodeScale decode_scale{};
  int threads = 0;  ///< 0: base::available_cpus()
};

/// Loads the module, compiles the network, and opens a lane with one thread per picture: then no
/// thread spins while it waits for another's share of a layer (measured: two threads on one picture
/// took up to a third more CPU time for it). The lane keeps no reference to `network`.
/// Errors: kNotFound, kMismatch, kDevice (the module), kUnsupported (BF16 on a CPU without it, or a
/// layer).
Result<std::unique_ptr<Lane>> open_cpu_lane(const graph::Network& network,
                                            const CpuLaneOptions& options, Precision precision,
                                            OnFinished on_finished);

/// A compiled network.
struct CpuEngine {
  std::unique_ptr<Executor> executor;
  std::string description;  ///< LaneInfo::description
  int streams = 1;          ///< pictures that run at the same time
};

/// Opens a lane of `engine.streams` threads, each of which runs all steps of a picture: decoding,
/// resize, network, boxes, NMS. A batch is one picture. Each thread may have two pictures waiting,
/// so that it never waits for the caller.
///
/// A picture that fails (undecodable, no memory, an error of the executor) gives a result with its
/// error, and the lane goes on. Errors: a request can't be created.
Result<std::unique_ptr<Lane>> make_cpu_lane(const graph::Network& network, CpuEngine engine,
                                            const CpuLaneOptions& options, OnFinished on_finished);

/// All threads work on one picture, or each on its own.
enum class Streams { kOne, kOneAThread };

/// Loads the module and compiles the network. `threads`: 0: base::available_cpus(). Errors: as
/// open_cpu_lane.
Result<CpuEngine> open_cpu_engine(const graph::Network& network, Precision precision, int threads,
                                  Streams streams);

/// The precision to compute in. Errors: kUnsupported (a precision of GPUs; BF16, which this CPU
/// doesn't have in hardware).
Result<Precision> choose_precision(Precision asked, const Module& module);

}  // namespace yolofleet::backend::cpu
