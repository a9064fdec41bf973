#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/cpu/executor.hpp"
#include "backend/lane.hpp"
#include "graph/network.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::cpu {

/// What `Options` says to a CPU lane; the ranges are checked there.
struct CpuLaneOptions {
  float confidence = 0.25F;
  float nms = 0.45F;
  int max_detections = 300;
  Resize resize = Resize::kModel;
  bool keep_pixels = false;
  std::int64_t max_pixels = 178'956'970;
  int threads = 0;  ///< 0: available_cpus()
};

/// Loads the module, makes the network ready to run, and opens a lane on it, with as many pictures
/// side by side as threads: with one thread a picture none spins while it waits for another's share
/// of a layer (measured: two threads on one picture took up to a third more CPU time for it).
/// The lane keeps nothing of `network`. Errors: kNotFound, kMismatch, kDevice (the module),
/// kUnsupported (BF16 asked for on a CPU without it, or a layer).
Result<std::unique_ptr<Lane>> open_cpu_lane(const graph::Network& network,
                                            const CpuLaneOptions& options, Precision precision,
                                            OnFinished on_finished);

/// What a lane runs on.
struct CpuEngine {
  std::unique_ptr<Executor> executor;
  std::string description;  ///< LaneInfo::description
  int streams = 1;          ///< pictures side by side
};

/// A lane of `engine.streams` threads, each of which takes a picture all the way: decoding, resize,
/// network, boxes, NMS. A batch is one picture; twice as many as threads may wait beside those
/// that are being looked at, so that no thread waits for its caller.
///
/// A picture that fails (undecodable, no pixels, no memory, the executor's error) gives a result
/// with its error; the lane goes on. Errors: that of a request that can't be created.
Result<std::unique_ptr<Lane>> make_cpu_lane(const graph::Network& network, CpuEngine engine,
                                            const CpuLaneOptions& options, OnFinished on_finished);

/// How threads share pictures: all of them one, or each has its own.
enum class Streams { kOne, kOneAThread };

/// Loads the module and makes the network ready to run. `threads`: 0: available_cpus(). Errors: as
/// open_cpu_lane.
Result<CpuEngine> open_cpu_engine(const graph::Network& network, Precision precision, int threads,
                                  Streams streams);

/// What to compute in. Errors: kUnsupported (BF16 asked for, and the CPU hasn't it in hardware).
Result<Precision> choose_precision(Precision asked, const Module& module);

}  // namespace yolofleet::backend::cpu
