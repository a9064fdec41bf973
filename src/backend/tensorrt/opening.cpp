#include "backend/tensorrt/opening.hpp"

#include <fmt/format.h>

#include "base/fail.hpp"
#include "ops/nms_cuda.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

Result<void> check_writable(const Result<std::optional<EngineCache>>& cache) {
  if (!cache) {
    return tl::unexpected(cache.error());
  }
  return *cache ? (*cache)->check_writable() : Result<void>{};
}

}  // namespace

const char* precision_name(const EngineOptions& options) {
  return options.half ? "fp16" : (options.tf32 ? "tf32" : "fp32");
}

Result<EngineOptions> engine_options(const Options& options) {
  if (options.precision == Precision::kBf16) {
    return base::fail(ErrorCode::kUnsupported,
                      "GPUs compute in fp16, tf32 or fp32 here; bf16 is for the CPU");
  }
  return EngineOptions{
      .half = options.precision == Precision::kAuto || options.precision == Precision::kFp16,
      .tf32 = options.precision == Precision::kTf32,
      .mish = options.mish == Mish::kPlugin ? MishKind::kPlugin : MishKind::kNative,
      .max_batch = options.batch > 0 ? options.batch : kDefaultBatch,
      .max_detections = ops::room_for_detections(options.max_detections),
      .raw_heads = false,
      .optimization_level = options.build_level,
  };
}

Result<std::optional<EngineCache>> cache_of(const Options& options) {
  if (!options.use_engine_cache) {
    return std::nullopt;
  }
  if (!options.engine_cache.empty()) {
    return EngineCache{options.engine_cache};
  }
  return EngineCache::default_folder().map(
      [](const std::filesystem::path& folder) { return std::optional{EngineCache{folder}}; });
}

void warn_of_missing_cache(const Result<std::optional<EngineCache>>& cache,
                           std::vector<std::string>& warnings) {
  if (!cache) {
    warnings.push_back(cache.error().message + "; the engine isn't kept");
  }
}

Opening::Opening(const CudaDevice& device, const Workload& work, const Library& library,
                 EngineOptions engine, Result<std::optional<EngineCache>> cache,
                 SharedEngines* shared)
    : device_(device),
      work_(work),
      library_(library),
      engine_(engine),
      cache_(std::move(cache)),
      shared_(shared) {}

Result<Opening> Opening::make(const CudaDevice& device, const Workload& work,
                              const Purpose& purpose) {
  auto engine = engine_options(work.options);
  if (!engine) {
    return tl::unexpected(std::move(engine).error());
  }
  if (purpose.raw_heads) {
    engine->raw_heads = true;
    engine->max_batch = 1;
  }
  auto cache = cache_of(work.options);
  if (purpose.must_keep) {
    if (auto writable = check_writable(cache); !writable) {
      return tl::unexpected(std::move(writable).error());
    }
  }
  const auto library = Library::load();
  if (!library) {
    return tl::unexpected(library.error());
  }
  return Opening{device, work, **library, *engine, std::move(cache), purpose.shared};
}

EngineOptions Opening::engine_for(int batch) const {
  EngineOptions engine = engine_;
  engine.max_batch = batch;
  return engine;
}

Result<std::unique_ptr<Plan>> Opening::plan(int batch, PlanReport& report) const {
  const EngineOptions engine = engine_for(batch);
  const EngineCache* const cache = cache_ && *cache_ ? &**cache_ : nullptr;
  return obtain_plan(library_, {work_.network, device_, engine, work_.options.on_build, shared_},
                     cache, report);
}

std::string Opening::description(std::string_view ending) const {
  return fmt::format("{}: {}, TensorRT {}, {}, {}", id_of(device_), device_.name,
                     library_.version(), precision_name(engine_), ending);
}

std::string Opening::lane_kind(int batch, const PlanReport& report) const {
  if (!report.file.empty()) {
    return report.file.string();
  }
  // Another build of the same engine may choose other kernels.
  return report.shared ? engine_key({work_.network, device_, engine_for(batch)}, library_.version())
                             .file_name()
                       : id_of(device_);
}

}  // namespace yolofleet::backend::tensorrt
