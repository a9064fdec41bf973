#include "base/fail.hpp"
#include "gpus.hpp"

namespace yolofleet {
namespace {

tl::unexpected<Error> not_built() {
  return base::fail(ErrorCode::kNotFound, "this program was built without its GPU back end");
}

}  // namespace

Result<std::vector<DeviceInfo>> list_gpus() {
  return not_built();
}

std::vector<fleet::OpenLane> gpu_lanes(const graph::Network& /*network*/,
                                       std::span<const std::size_t> indexes,
                                       const Options& /*options*/) {
  const auto open = [](const backend::OnFinished&,
                       std::vector<std::string>&) -> Result<std::unique_ptr<backend::Lane>> {
    return not_built();
  };
  return {indexes.size(), fleet::OpenLane{"cuda", open}};
}

Result<std::unique_ptr<backend::HeadRun>> gpu_heads(const graph::Network& /*network*/,
                                                    std::size_t /*index*/,
                                                    const Options& /*options*/) {
  return not_built();
}

Result<DeviceSpeed> gpu_engine_speed(const graph::Network& /*network*/, std::size_t /*index*/,
                                     const Options& /*options*/, const backend::SpeedRun& /*run*/) {
  return not_built();
}

Result<std::shared_ptr<PixelMemory>> gpu_pixel_memory(std::size_t /*index*/,
                                                      std::size_t /*bytes*/) {
  return not_built();
}

Result<BuiltEngines> build_gpu_engines(const graph::Network& /*network*/,
                                       std::span<const std::size_t> /*indexes*/,
                                       const Options& /*options*/) {
  return not_built();
}

Result<std::vector<CachedEngine>> list_engines(const std::filesystem::path& /*folder*/) {
  return not_built();
}

Result<int> clear_engines(const std::filesystem::path& /*folder*/) {
  return not_built();
}

Result<void> export_engine(const std::filesystem::path& /*file*/,
                           const std::filesystem::path& /*to*/) {
  return not_built();
}

Result<std::filesystem::path> default_engine_folder() {
  return not_built();
}

}  // namespace yolofleet
