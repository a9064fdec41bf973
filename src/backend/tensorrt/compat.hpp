#pragma once

#include <NvInfer.h>

/// What differs between the versions of TensorRT that this is compiled for (8.6, 10 and 11), all in
/// this file.

// IPluginV2DynamicExt is the one kind of plugin that all of them run; 8.6 and later call it
// deprecated.
#define YOLOFLEET_DEPRECATED_TENSORRT_BEGIN \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wdeprecated-declarations\"")
#define YOLOFLEET_DEPRECATED_TENSORRT_END _Pragma("GCC diagnostic pop")

namespace yolofleet::tensorrt {

/// The major version that this is compiled for; only a library of the same one is loaded.
inline constexpr int kMajor = NV_TENSORRT_MAJOR;

}  // namespace yolofleet::tensorrt
