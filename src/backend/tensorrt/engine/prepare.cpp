#include "backend/tensorrt/engine/prepare.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

Result<EngineReport> prepare_with(const Opening& opening, int batch,
                                  std::vector<std::string>& warnings) {
  const auto start = std::chrono::steady_clock::now();
  PlanReport report;
  const auto plan = opening.plan(batch, report);
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  if (!report.not_kept.empty()) {
    return base::fail(ErrorCode::kIo, "{}", report.not_kept);
  }
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  std::error_code gone;  // another process may have cleared the cache since
  const std::uintmax_t bytes = std::filesystem::file_size(report.file, gone);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return EngineReport{id_of(opening.device()), report.file, gone ? 0 : bytes, report.built,
                      took.count()};
}

}  // namespace

Result<EngineReport> prepare_engine(const Opening& opening, std::vector<std::string>& warnings) {
  return opening.with_batches(warnings, [&](int batch) -> Attempt<EngineReport> {
    return {prepare_with(opening, batch, warnings), batch / 2};
  });
}

}  // namespace yolofleet::backend::tensorrt
