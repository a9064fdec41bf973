#pragma once

#include <dlfcn.h>

namespace yolofleet::backend::tensorrt {

/// A function of a shared library; null if it has none of this name.
template <typename Function>
Function* entry_point(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

}  // namespace yolofleet::backend::tensorrt
