// Stands in for this back end in a build without CUDA or TensorRT's headers.

#include "backend/device.hpp"
#include "backend/tensorrt/engine/store.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

tl::unexpected<Error> not_built() {
  return base::fail(ErrorCode::kNotFound, "this program was built without its GPU back end");
}

}  // namespace

Listing list_devices();

Listing list_devices() {
  return {"GPU", {"cuda:", "GPU-"}, not_built()};
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

}  // namespace yolofleet::backend::tensorrt
