// Registers our plugins when libyolofleet_plugins.so is loaded: a program that loads it (trtexec
// --staticPlugins, Triton's --backend-config=tensorrt,plugins=..., or plain dlopen) can deserialise
// the engines that we build.

#include <dlfcn.h>

#include <cstdio>
#include <string>

#include "backend/tensorrt/plugins/registration.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The plugin registry of a TensorRT library. Null if `library` isn't TensorRT, or has another
/// major version: its registry takes objects of another form.
nvinfer1::IPluginRegistry* registry_of(void* library) {
  auto* const version = reinterpret_cast<int (*)()>(dlsym(library, "getInferLibVersion"));
  auto* const registry =
      reinterpret_cast<nvinfer1::IPluginRegistry* (*)()>(dlsym(library, "getPluginRegistry"));
  const bool fits =
      version != nullptr && registry != nullptr && version_of(version()).major == kMajor;
  return fits ? registry() : nullptr;
}

/// The registry of the program's TensorRT. Its symbols may be local: trtexec loads it with dlopen.
nvinfer1::IPluginRegistry* find_registry() {
  if (nvinfer1::IPluginRegistry* const global = registry_of(RTLD_DEFAULT); global != nullptr) {
    return global;
  }
  const std::string file = "libnvinfer.so." + std::to_string(kMajor);
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr : registry_of(library);
}

[[gnu::constructor]] void register_on_load() {
  if (nvinfer1::IPluginRegistry* const registry = find_registry(); registry != nullptr) {
    register_plugins(*registry);
  } else {
    // A constructor has no caller that could take an error.
    std::fprintf(stderr,
                 "libyolofleet_plugins.so: TensorRT %d isn't loaded; no plugin is registered\n",
                 kMajor);
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
