// The engine alone beside the whole lane, on one GPU, in one run.
// Usage: gpu_lane MODEL_FOLDER DEVICE fp32|fp16 plugin|native BATCH LEVEL CACHE SECONDS [WIDTH
// HEIGHT] Prints one JSON object: pictures a second of the network alone (a CUDA graph, two
// streams) and of the lane from decoded 768x576 pictures in pinned memory (medians of five,
// interleaved), the copy rate of such pictures, and latencies at batch 1.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "backend/tensorrt/cuda_lane.hpp"
#include "backend/tensorrt/engines.hpp"
#include "yolofleet/model.hpp"

namespace {

namespace yf = yolofleet;
namespace trt = yolofleet::backend::tensorrt;
namespace cuda = yolofleet::cuda;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

template <typename T>
T take(yf::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Setting {
  trt::CudaDevice device;
  trt::EngineOptions engine;
  trt::SlotOptions slot;
  double seconds = 2;
  int width = 768;
  int height = 576;
};

/// The network's own run as graphs on several streams, over inputs that never change.
class NetworkAlone {
 public:
  NetworkAlone(trt::Plan& plan, const Setting& setting, int batch, int streams) : batch_(batch) {
    const cuda::DeviceGuard guard{plan.device()};
    for (int i = 0; i < streams; ++i) {
      Copy& copy = copies_.emplace_back();
      copy.stream = cuda::make_stream(plan.device());
      copy.done = cuda::make_blocking_event(plan.device());
      copy.activations =
          cuda::DeviceBuffer(plan.device(), std::max<std::size_t>(plan.activation_bytes(), 256));
      auto context = take(trt::Context::make(plan, batch, copy.activations, copy.stream.get()));
      for (const char* name : {trt::kInput, trt::kThresholds, trt::kMappings, trt::kNumbers,
                               trt::kCandidateNumbers, trt::kBoxes, trt::kScores, trt::kClasses}) {
        cuda::DeviceBuffer& tensor =
            copy.tensors.emplace_back(plan.device(), plan.tensor_bytes(name, batch));
        fill(name, tensor, setting);
        context.set_address(name, tensor.get());
      }
      if (!context.enqueue(copy.stream.get())) {
        throw std::runtime_error(plan.take_errors());
      }
      cuda::check(cudaStreamSynchronize(copy.stream.get()));
      copy.graph = cuda::capture(copy.stream, [&](cudaStream_t s) { context.enqueue(s); });
      contexts_.push_back(std::move(context));
    }
    device_ = plan.device();
  }

  /// Pictures a second.
  double run(double seconds) {
    const cuda::DeviceGuard guard{device_};
    std::size_t batches = 0;
    const auto begin = Clock::now();
    while (Seconds(Clock::now() - begin).count() < seconds) {
      for (int round = 0; round < 8; ++round) {
        for (Copy& copy : copies_) {
          cuda::check(cudaGraphLaunch(copy.graph.get(), copy.stream.get()));
          ++batches;
        }
      }
      for (Copy& copy : copies_) {
        cuda::check(cudaEventRecord(copy.done.get(), copy.stream.get()));
      }
      for (Copy& copy : copies_) {
        cuda::check(cudaEventSynchronize(copy.done.get()));
      }
    }
    return static_cast<double>(batches) * batch_ / Seconds(Clock::now() - begin).count();
  }

  /// Milliseconds from launch to the end, median of many.
  double latency(int runs) {
    const cuda::DeviceGuard guard{device_};
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
      const auto begin = Clock::now();
      cuda::check(cudaGraphLaunch(copies_[0].graph.get(), copies_[0].stream.get()));
      cuda::check(cudaEventRecord(copies_[0].done.get(), copies_[0].stream.get()));
      cuda::check(cudaEventSynchronize(copies_[0].done.get()));
      times.push_back(Seconds(Clock::now() - begin).count() * 1e3);
    }
    return median(times);
  }

 private:
  struct Copy {
    cuda::Stream stream;
    cuda::Event done;
    cuda::DeviceBuffer activations;
    std::vector<cuda::DeviceBuffer> tensors;
    cuda::GraphExec graph;
  };

  /// Random pictures and the lane's thresholds: zeros would flatter.
  static void fill(const std::string& name, const cuda::DeviceBuffer& tensor,
                   const Setting& setting) {
    cuda::check(cudaMemset(tensor.get(), 0, tensor.bytes()));
    if (name == trt::kThresholds) {
      cuda::check(cudaMemcpy(tensor.get(), &setting.slot.thresholds, tensor.bytes(),
                             cudaMemcpyHostToDevice));
    }
    if (name == trt::kInput) {
      std::mt19937 random{1};
      std::vector<std::uint16_t> halves(tensor.bytes() / 2);
      for (std::uint16_t& half : halves) {
        half = static_cast<std::uint16_t>(0x3000 + random() % 0x0C00);  // 0.125 to 1
      }
      cuda::check(cudaMemcpy(tensor.get(), halves.data(), tensor.bytes(), cudaMemcpyHostToDevice));
    }
  }

  int batch_;
  int device_ = 0;
  std::vector<Copy> copies_;
  std::vector<trt::Context> contexts_;
};

/// Keeps a lane full of the same pinned pictures.
class LaneRunner {
 public:
  LaneRunner(std::unique_ptr<trt::Plan> plan, const Setting& setting, int batch) : batch_(batch) {
    const std::size_t bytes = static_cast<std::size_t>(setting.width * setting.height) * 3;
    pixels_ = cuda::PinnedBuffer(plan->device(), bytes * kPictures);
    std::mt19937 random{2};
    for (std::size_t i = 0; i < pixels_.bytes(); ++i) {
      pixels_.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(random());
    }
    for (std::size_t i = 0; i < kPictures; ++i) {
      views_.push_back({pixels_.as<std::uint8_t>() + i * bytes, setting.width, setting.height,
                        static_cast<std::size_t>(setting.width) * 3, yf::PixelFormat::kRgb});
    }
    trt::CudaLaneOptions options;
    options.slot = setting.slot;
    options.slots = 3;
    lane_ = take(
        trt::make_cuda_lane(std::move(plan), {"cuda", "cuda", 1, 1}, options,
                            [this](std::vector<yf::PictureResult> results) { finished(results); }));
  }

  double run(double seconds) {
    std::size_t pictures = 0;
    const auto begin = Clock::now();
    while (Seconds(Clock::now() - begin).count() < seconds) {
      submit();
      pictures += static_cast<std::size_t>(batch_);
    }
    wait_idle();
    return static_cast<double>(pictures) / Seconds(Clock::now() - begin).count();
  }

  double latency(int runs) {
    batch_ = 1;
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
      const auto begin = Clock::now();
      submit();
      wait_idle();
      times.push_back(Seconds(Clock::now() - begin).count() * 1e3);
    }
    return median(times);
  }

 private:
  static constexpr std::size_t kPictures = 64;

  void submit() {
    std::vector<yf::backend::Job> batch;
    for (int i = 0; i < batch_; ++i) {
      batch.push_back({0, views_[next_++ % kPictures]});
    }
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return under_way_ < lane_->info().slots; });
    ++under_way_;
    lock.unlock();
    if (!lane_->try_submit(batch)) {
      throw std::runtime_error("the lane has a free slot, but takes nothing");
    }
  }

  void wait_idle() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return under_way_ == 0; });
    if (!error_.empty()) {
      throw std::runtime_error(error_);
    }
  }

  void finished(const std::vector<yf::PictureResult>& results) {
    {
      const std::lock_guard lock{mutex_};
      --under_way_;
      if (results.front().error) {
        error_ = results.front().error->message;
      }
    }
    changed_.notify_all();
  }

  int batch_;
  cuda::PinnedBuffer pixels_;
  std::vector<yf::ImageView> views_;
  std::size_t next_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::string error_;
  std::unique_ptr<yf::backend::Lane> lane_;  // last: it calls back until it is gone
};

/// Pictures a second that the bus carries, two streams.
double copy_rate(const Setting& setting) {
  const std::size_t bytes = static_cast<std::size_t>(setting.width * setting.height) * 3 * 16;
  const int device = setting.device.index;
  const cuda::PinnedBuffer host{device, bytes};
  const cuda::DeviceBuffer target{device, bytes};
  const cuda::Stream stream = cuda::make_stream(device);
  const cuda::DeviceGuard guard{device};
  const auto begin = Clock::now();
  constexpr int kRuns = 200;
  for (int i = 0; i < kRuns; ++i) {
    cuda::check(
        cudaMemcpyAsync(target.get(), host.get(), bytes, cudaMemcpyHostToDevice, stream.get()));
  }
  cuda::check(cudaStreamSynchronize(stream.get()));
  return kRuns * 16 / Seconds(Clock::now() - begin).count();
}

nlohmann::ordered_json measure(int argc, char** argv) {
  const auto load_begin = Clock::now();
  yf::LoadOptions load;
  if (argc > 9) {
    load.input_size = yf::InputSize{std::atoi(argv[9]), std::atoi(argv[9])};
  }
  const auto model = take(yf::Model::load(argv[1], load));
  const double load_seconds = Seconds(Clock::now() - load_begin).count();
  Setting setting;
  setting.device = take(trt::list_cuda_devices()).at(static_cast<std::size_t>(std::atoi(argv[2])));
  setting.engine.half = std::string(argv[3]) == "fp16";
  setting.engine.mish =
      std::string(argv[4]) == "plugin" ? trt::MishKind::kPlugin : trt::MishKind::kNative;
  setting.engine.max_batch = std::atoi(argv[5]);
  setting.engine.optimization_level = std::atoi(argv[6]);
  setting.seconds = std::atof(argv[8]);
  const trt::EngineCache cache{argv[7]};
  const trt::Library& library = *take(trt::Library::load());
  trt::PlanReport report;
  const auto build_begin = Clock::now();
  auto plan = take(
      trt::obtain_plan(library, {model.network(), setting.device, setting.engine}, &cache, report));
  const double build_seconds = Seconds(Clock::now() - build_begin).count();
  setting.slot.input = model.network().input();
  setting.slot.half = setting.engine.half;
  setting.slot.max_batch = setting.engine.max_batch;
  setting.slot.thresholds = {0.25F, 0.45F};
  setting.slot.pixel_bytes = static_cast<std::size_t>(setting.width * setting.height) * 3 *
                                 static_cast<std::size_t>(setting.engine.max_batch) +
                             (1U << 20U);
  auto second = take(
      trt::obtain_plan(library, {model.network(), setting.device, setting.engine}, &cache, report));
  const int batch = setting.engine.max_batch;
  std::vector<double> alone;
  std::vector<double> lane;
  NetworkAlone network{*plan, setting, batch, 2};
  LaneRunner runner{std::move(second), setting, batch};
  NetworkAlone single{*plan, setting, 1, 1};
  network.run(0.5);
  runner.run(0.5);
  for (int round = 0; round < 5; ++round) {
    alone.push_back(network.run(setting.seconds));
    lane.push_back(runner.run(setting.seconds));
  }
  return {{"model", model.name()},
          {"device", setting.device.name},
          {"tensorrt", library.version()},
          {"precision", argv[3]},
          {"mish", argv[4]},
          {"batch", batch},
          {"level", setting.engine.optimization_level},
          {"load_seconds", load_seconds},
          {"engine_built", report.built},
          {"engine_seconds", build_seconds},
          {"warnings", report.warnings},
          {"network_per_second", median(alone)},
          {"lane_per_second", median(lane)},
          {"lane_to_network", median(lane) / median(alone)},
          {"copy_per_second", copy_rate(setting)},
          {"network_ms_batch_1", single.latency(500)},
          {"lane_ms_batch_1", runner.latency(500)}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) {
    std::cerr << "usage: gpu_lane MODEL_FOLDER DEVICE fp32|fp16 plugin|native BATCH LEVEL CACHE "
                 "SECONDS [INPUT_SIDE]\n";
    return 2;
  }
  try {
    std::cout << measure(argc, argv).dump() << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "gpu_lane: " << error.what() << '\n';
    return 1;
  }
}
