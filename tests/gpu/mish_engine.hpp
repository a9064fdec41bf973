#pragma once

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include "backend/tensorrt/engine/builder.hpp"
#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/network/activations.hpp"
#include "backend/tensorrt/network/tensor_names.hpp"
#include "cuda/device_guard.hpp"

namespace yolofleet::testing {

namespace trt = backend::tensorrt;

/// The layout of the input and the output in memory. kHwc8: FP16, batch x height x width x
/// channels, with channels padded to a multiple of 8.
enum class MishLayout { kLinear, kHwc8 };

inline constexpr const char* kMishOutput = "output";

struct MishEngineOptions {
  std::array<int, 4> shape{};  ///< batch, channels, height, width; fixed
  trt::MishKind kind = trt::MishKind::kPlugin;
  bool half = true;
  MishLayout layout = MishLayout::kLinear;
  int level = 0;
};

/// Builds engines that consist of Mish alone, for one device.
class MishEngines {
 public:
  explicit MishEngines(int device) : device_(device) {
    auto library = trt::Library::load();
    require(library.has_value(), library ? "" : library.error().message);
    library_ = *library;
    const cuda::DeviceGuard guard{device_};
    builder_ = library_->make_builder();
    require(builder_ != nullptr, "no builder");
  }

  /// Throws std::runtime_error with TensorRT's reason.
  std::unique_ptr<trt::Plan> build(const MishEngineOptions& options) {
    const cuda::DeviceGuard guard{device_};
    const std::unique_ptr<nvinfer1::INetworkDefinition> network{
        builder_->createNetworkV2(trt::network_flags())};
    const std::unique_ptr<nvinfer1::IBuilderConfig> config{builder_->createBuilderConfig()};
    require(network && config, "no network");
    trt::WeightStore store;
    trt::LayerAdder layers{*network, store, options.half};
    const auto& [batch, channels, height, width] = options.shape;
    nvinfer1::ITensor* const input =
        network->addInput(trt::kInput, layers.type(), trt::dims({batch, channels, height, width}));
    nvinfer1::ITensor* const output =
        trt::activated(graph::Activation::kMish, layers, input, options.kind);
    output->setName(kMishOutput);
    network->markOutput(*output);
    set_output_type(*output, layers.type());
    const auto format = options.layout == MishLayout::kLinear ? nvinfer1::TensorFormat::kLINEAR
                                                              : nvinfer1::TensorFormat::kHWC8;
    for (nvinfer1::ITensor* const tensor : {input, output}) {
      tensor->setAllowedFormats(1U << static_cast<std::uint32_t>(format));
    }
    if (options.half) {
      trt::allow_half(*config);
    }
    config->clearFlag(nvinfer1::BuilderFlag::kTF32);
    config->setBuilderOptimizationLevel(options.level);
    config->setTacticSources(0);
    const trt::EngineBytes engine{builder_->buildSerializedNetwork(*network, *config)};
    require(engine && engine->size() > 0, "no engine");
    auto plan = trt::Plan::load(*library_, device_,
                                {static_cast<const std::byte*>(engine->data()), engine->size()});
    require(plan.has_value(), plan ? "" : plan.error().message);
    return *std::move(plan);
  }

 private:
  /// Before version 10 a marked output is FP32 unless this sets another type; from 10 on it has the
  /// type that the network gives it.
  static void set_output_type([[maybe_unused]] nvinfer1::ITensor& tensor,
                              [[maybe_unused]] nvinfer1::DataType type) {
#if NV_TENSORRT_MAJOR < 10
    tensor.setType(type);
#endif
  }

  void require(bool holds, const std::string& what) {
    if (!holds) {
      throw std::runtime_error(what + ": " + trt::take_errors());
    }
  }

  int device_;
  const trt::Library* library_ = nullptr;
  std::unique_ptr<nvinfer1::IBuilder> builder_;
};

}  // namespace yolofleet::testing
