#include "backend/tensorrt/engine/builder.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "backend/tensorrt/network/builder.hpp"
#include "backend/tensorrt/network/check_network.hpp"
#include "backend/tensorrt/network/tensor_names.hpp"
#include "base/fail.hpp"
#include "cuda/device_guard.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using nvinfer1::IBuilderConfig;
using nvinfer1::OptProfileSelector;

bool add_profile(nvinfer1::IBuilder& builder, IBuilderConfig& config, const graph::Network& network,
                 const EngineOptions& options) {
  nvinfer1::IOptimizationProfile* profile = builder.createOptimizationProfile();
  const graph::Shape in = network.input();
  const auto set = [&](const char* name, auto shape_of_batch) {
    return profile->setDimensions(name, OptProfileSelector::kMIN, shape_of_batch(1)) &&
           profile->setDimensions(name, OptProfileSelector::kOPT,
                                  shape_of_batch(options.max_batch)) &&
           profile->setDimensions(name, OptProfileSelector::kMAX,
                                  shape_of_batch(options.max_batch));
  };
  const bool input_set = set(kInput, [&](int batch) {
    return dims({batch, in.channels, in.height, in.width});
  });
  const bool mappings_set = options.raw_heads || set(kMappings, [](int batch) {
                              return dims({batch, 6});
                            });
  return input_set && mappings_set && config.addOptimizationProfile(profile) >= 0;
}

void configure(IBuilderConfig& config, const EngineOptions& options) {
  if (options.half) {
    allow_half(config);
  }
  if (!options.tf32) {
    config.clearFlag(nvinfer1::BuilderFlag::kTF32);
  }
  share_profiles(config);
  config.setBuilderOptimizationLevel(options.optimization_level);
  // Without this, TensorRT 8.6 loads cuBLAS and cuDNN for a network with plugins. Nothing else
  // needs them.
  config.setTacticSources(0);
}

}  // namespace

Result<EngineBytes> build_engine(const Library& library, int device, const graph::Network& network,
                                 const EngineOptions& options, TimingCache& timing) {
  if (auto checked = check_network(network, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  const cuda::DeviceGuard guard{device};
  static_cast<void>(take_errors());  // of earlier calls
  const auto failed = [&](std::string_view what) {
    const std::string reasons = take_errors();
    return base::fail(code_of(reasons), "{}: TensorRT {}: {}", network.name(), what, reasons);
  };
  const auto builder = library.make_builder();
  if (!builder) {
    return failed("can't make a builder");
  }
  const std::unique_ptr<nvinfer1::INetworkDefinition> definition{
      builder->createNetworkV2(network_flags())};
  const std::unique_ptr<IBuilderConfig> config{builder->createBuilderConfig()};
  if (!definition || !config) {
    return failed("can't make a network");
  }
  WeightStore store;
  if (auto built = build_network(network, options, *definition, store); !built) {
    Error error = std::move(built).error();
    error.message += ": " + take_errors();
    return tl::unexpected(std::move(error));
  }
  configure(*config, options);
  if (!add_profile(*builder, *config, network, options)) {
    return failed("refuses the batch sizes");
  }
  const std::unique_ptr<nvinfer1::ITimingCache> cache{
      config->createTimingCache(timing.bytes.data(), timing.bytes.size())};
  if (cache) {
    config->setTimingCache(*cache, false);
  }
  EngineBytes engine{builder->buildSerializedNetwork(*definition, *config)};
  if (!engine || engine->size() == 0) {
    return failed("can't build the engine");
  }
  if (const auto* const measured = config->getTimingCache()) {
    const std::unique_ptr<nvinfer1::IHostMemory> bytes{measured->serialize()};
    if (bytes) {
      const auto* const begin = static_cast<const std::byte*>(bytes->data());
      timing.bytes.assign(begin, begin + bytes->size());
    }
  }
  return engine;
}

}  // namespace yolofleet::backend::tensorrt
