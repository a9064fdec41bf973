// What makes libyolofleet_plugins.so of our plugins: another program that loads it (trtexec
// --staticPlugins, Triton's --backend-config=tensorrt,plugins=..., or plain dlopen) can deserialise
// the engines that we build.

#include <dlfcn.h>

#include <cstdio>
#include <string>

#include "backend/tensorrt/plugins/registration.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The registry of a TensorRT; null where `library` is none, or one of another major version, whose
/// registry takes other objects.
nvinfer1::IPluginRegistry* registry_of(void* library) {
  auto* const version = reinterpret_cast<int (*)()>(dlsym(library, "getInferLibVersion"));
  auto* const registry =
      reinterpret_cast<nvinfer1::IPluginRegistry* (*)()>(dlsym(library, "getPluginRegistry"));
  const bool fits =
      version != nullptr && registry != nullptr && version_of(version()).major == kMajor;
  return fits ? registry() : nullptr;
}

/// Of the TensorRT that the program has. It need not be among the program's global symbols: trtexec
/// loads it for itself.
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
    // There is nobody to give an error to.
    std::fprintf(stderr, "libyolofleet_plugins.so: no TensorRT %d here to register with\n", kMajor);
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
