#include "backend/cpu/cpu_lane.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "backend/cpu/module_loader.hpp"
#include "backend/cpu/picture_run.hpp"
#include "base/cpu_count.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::cpu {
namespace {

const char* name_of(Precision precision) {
  return precision == Precision::kBf16 ? "bf16" : "fp32";
}

class CpuLane final : public Lane {
 public:
  CpuLane(PictureRun run, CpuEngine engine, std::vector<std::unique_ptr<Request>> requests,
          OnFinished on_finished)
      : run_(std::move(run)),
        executor_(std::move(engine.executor)),
        requests_(std::move(requests)),
        on_finished_(std::move(on_finished)),
        info_{"cpu",
              std::move(engine.description),
              requests_.size() * (1 + kWaitingPerThread),
              1,
              std::string("cpu ") + name_of(executor_->precision()),
              executor_->precision(),
              true} {
    threads_.reserve(requests_.size());
    try {
      for (const auto& request : requests_) {
        threads_.emplace_back([this, &request] { work(*request); });
      }
    } catch (...) {
      stop();
      throw;
    }
  }

  CpuLane(const CpuLane&) = delete;
  CpuLane& operator=(const CpuLane&) = delete;
  ~CpuLane() override { stop(); }

  const LaneInfo& info() const noexcept override { return info_; }

  LaneStats stats() const override { return {times_.report(kStageNames)}; }

  bool try_submit(std::vector<Job>& batch) override {
    {
      const std::lock_guard lock(mutex_);
      if (taken_ == info_.slots) {
        return false;
      }
      waiting_.push_back(std::move(batch.front()));
      ++taken_;
    }
    work_.notify_one();
    return true;
  }

 private:
  static constexpr std::size_t kWaitingPerThread = 2;

  void stop() noexcept {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }

  void work(Request& request) {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      std::vector<PictureResult> results;
      results.push_back(run_(job, request, times_));
      std::vector<Job> jobs;
      jobs.push_back(std::move(job));
      lock.lock();
      --taken_;
      lock.unlock();
      on_finished_(std::move(results), std::move(jobs));
      lock.lock();
    }
  }

  const PictureRun run_;
  CpuTimes times_;
  std::unique_ptr<Executor> executor_;
  std::vector<std::unique_ptr<Request>> requests_;  // one a thread; end before the executor
  OnFinished on_finished_;
  LaneInfo info_;

  std::mutex mutex_;
  std::condition_variable work_;  // a job waits, or the lane ends
  std::deque<Job> waiting_;
  std::size_t taken_ = 0;  // waiting or being processed
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

std::string describe(const Module& module, const Executor& executor, int threads) {
  return fmt::format("cpu: {}, {}, {} thread{}", module.runtime(), name_of(executor.precision()),
                     threads, threads == 1 ? "" : "s");
}

}  // namespace

Result<Precision> choose_precision(Precision asked, const Module& module) {
  const bool bf16 = module.has_bf16();
  if (asked == Precision::kFp16 || asked == Precision::kTf32) {
    return base::fail(ErrorCode::kUnsupported,
                      "the CPU computes in fp32 or bf16; fp16 and tf32 are for GPUs");
  }
  if (asked == Precision::kBf16 && !bf16) {
    return base::fail(ErrorCode::kUnsupported,
                      "this CPU ({}) does not compute in bf16; fp32 and auto are allowed",
                      module.cpu_name());
  }
  if (asked == Precision::kAuto) {
    return bf16 ? Precision::kBf16 : Precision::kFp32;
  }
  return asked;
}

Result<std::unique_ptr<Lane>> make_cpu_lane(const graph::Network& network, CpuEngine engine,
                                            const CpuLaneOptions& options, OnFinished on_finished) {
  std::vector<std::unique_ptr<Request>> requests;
  for (int i = 0; i < engine.streams; ++i) {
    auto request = engine.executor->create_request();
    if (!request) {
      return tl::unexpected(std::move(request).error());
    }
    requests.push_back(*std::move(request));
  }
  return std::make_unique<CpuLane>(PictureRun(network, options), std::move(engine),
                                   std::move(requests), std::move(on_finished));
}

Result<CpuEngine> open_cpu_engine(const graph::Network& network, Precision precision, int threads,
                                  Streams streams) {
  const auto module = load_module();
  if (!module) {
    return tl::unexpected(module.error());
  }
  const auto chosen = choose_precision(precision, **module);
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  const int used = threads > 0 ? threads : base::available_cpus();
  CpuEngine engine;
  engine.streams = streams == Streams::kOne ? 1 : used;
  auto executor = (*module)->compile(network, {*chosen, engine.streams, used});
  if (!executor) {
    return tl::unexpected(std::move(executor).error());
  }
  engine.description = describe(**module, **executor, used);
  engine.executor = *std::move(executor);
  return engine;
}

Result<std::unique_ptr<Lane>> open_cpu_lane(const graph::Network& network,
                                            const CpuLaneOptions& options, Precision precision,
                                            OnFinished on_finished) {
  auto engine = open_cpu_engine(network, precision, options.threads, Streams::kOneAThread);
  if (!engine) {
    return tl::unexpected(std::move(engine).error());
  }
  return make_cpu_lane(network, *std::move(engine), options, std::move(on_finished));
}

}  // namespace yolofleet::backend::cpu
