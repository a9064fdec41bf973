#include "backend/tensorrt/plugins/registration.hpp"

#include "backend/tensorrt/plugins/detections_plugin.hpp"
#include "backend/tensorrt/plugins/mish_plugin.hpp"

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {

void register_plugins(nvinfer1::IPluginRegistry& registry) {
  static CreatorOf<MishPlugin> mish;
  static CreatorOf<DetectionsPlugin> detections;
  registry.registerCreator(mish, kPluginNamespace);
  registry.registerCreator(detections, kPluginNamespace);
}

}  // namespace yolofleet::backend::tensorrt

YOLOFLEET_DEPRECATED_TENSORRT_END
