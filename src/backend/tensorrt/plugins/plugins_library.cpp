// What makes libyolofleet_plugins.so of our plugins: another program that loads it (trtexec
// --staticPlugins, Triton's --backend-config=tensorrt,plugins=..., or plain dlopen) can deserialise
// the engines that we build.

#include <dlfcn.h>

#include <string>

#include "backend/tensorrt/plugins/registration.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The registry of the TensorRT that the program has; null where it has none. It need not be among
/// the program's global symbols: trtexec loads it for itself.
nvinfer1::IPluginRegistry* find_registry() {
  void* found = dlsym(RTLD_DEFAULT, "getPluginRegistry");
  if (found == nullptr) {
    const std::string file = "libnvinfer.so." + std::to_string(kMajor);
    if (void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL); library != nullptr) {
      found = dlsym(library, "getPluginRegistry");
    }
  }
  return found == nullptr ? nullptr : reinterpret_cast<nvinfer1::IPluginRegistry* (*)()>(found)();
}

[[gnu::constructor]] void register_on_load() {
  if (nvinfer1::IPluginRegistry* const registry = find_registry(); registry != nullptr) {
    register_plugins(*registry);
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
