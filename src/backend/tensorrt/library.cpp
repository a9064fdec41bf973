#include "backend/tensorrt/library.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "backend/tensorrt/entry_point.hpp"
#include "backend/tensorrt/plugins/registration.hpp"
#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The path or the bare name of TensorRT's library, as Library::load says.
std::string library_file() {
  std::string name = fmt::format("libnvinfer.so.{}", kMajor);
  const char* const folder = std::getenv(kFolderVariable);
  std::error_code ignored;
  if (folder != nullptr && *folder != '\0' &&
      std::filesystem::exists(std::filesystem::path(folder) / name, ignored)) {
    return std::filesystem::path(folder) / name;
  }
  return name;
}

}  // namespace

Result<std::unique_ptr<Library>> Library::open(const std::string& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return base::fail(ErrorCode::kNotFound, "TensorRT {} can't be loaded: {}", kMajor, dlerror());
  }
  auto* const version = entry_point<int()>(handle, "getInferLibVersion");
  const auto not_tensorrt = [&] {
    return base::fail(ErrorCode::kDevice,
                      "{}: isn't a TensorRT library (an entry point is missing)", file);
  };
  if (version == nullptr) {
    return not_tensorrt();
  }
  std::unique_ptr<Library> library{new Library};
  const Version found = version_of(version());
  library->version_ = fmt::format("{}.{}.{}", found.major, found.minor, found.patch);
  if (found.major != kMajor) {
    return base::fail(ErrorCode::kMismatch,
                      "{}: is TensorRT {}; this program was compiled for version {}", file,
                      library->version_, kMajor);
  }
  library->make_builder_ = entry_point<void*(void*, int)>(handle, "createInferBuilder_INTERNAL");
  library->make_runtime_ = entry_point<void*(void*, int)>(handle, "createInferRuntime_INTERNAL");
  auto* const registry = entry_point<nvinfer1::IPluginRegistry*()>(handle, "getPluginRegistry");
  if (library->make_builder_ == nullptr || library->make_runtime_ == nullptr ||
      registry == nullptr) {
    return not_tensorrt();
  }
  nvinfer1::IPluginRegistry* const plugins = registry();
  if (plugins == nullptr) {
    return base::fail(ErrorCode::kDevice, "{}: has no plugin registry", file);
  }
  register_plugins(*plugins);
  return library;
}

Result<const Library*> Library::load() {
  static const Result<std::unique_ptr<Library>> library = open(library_file());
  if (!library) {
    return tl::unexpected(library.error());
  }
  return library->get();
}

std::unique_ptr<nvinfer1::IBuilder> Library::make_builder() const {
  return std::unique_ptr<nvinfer1::IBuilder>(
      static_cast<nvinfer1::IBuilder*>(make_builder_(&logger(), NV_TENSORRT_VERSION)));
}

std::unique_ptr<nvinfer1::IRuntime> Library::make_runtime() const {
  return std::unique_ptr<nvinfer1::IRuntime>(
      static_cast<nvinfer1::IRuntime*>(make_runtime_(&logger(), NV_TENSORRT_VERSION)));
}

}  // namespace yolofleet::backend::tensorrt
