#pragma once

#include <NvInferRuntime.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "backend/tensorrt/compat.hpp"

YOLOFLEET_DEPRECATED_TENSORRT_BEGIN

namespace yolofleet::backend::tensorrt {

inline constexpr const char* kPluginNamespace = "yolofleet";

/// The common part of our plugins: namespace, lifetime, serialisation and complete copies.
/// `Derived` is copyable and has `static constexpr const char* kName` and `kVersion` (to be raised
/// whenever its serialised bytes change) and `std::vector<std::byte> serialized() const`. A plugin
/// is immutable after its construction, so several contexts may use it at once.
template <typename Derived>
class PluginBase : public nvinfer1::IPluginV2DynamicExt {
 public:
  const char* getPluginType() const noexcept override { return Derived::kName; }
  const char* getPluginVersion() const noexcept override { return Derived::kVersion; }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  void destroy() noexcept override { delete static_cast<Derived*>(this); }
  void setPluginNamespace(const char*) noexcept override {}  // it is always ours
  const char* getPluginNamespace() const noexcept override { return kPluginNamespace; }
  void configurePlugin(const nvinfer1::DynamicPluginTensorDesc*, int32_t,
                       const nvinfer1::DynamicPluginTensorDesc*, int32_t) noexcept override {}

  size_t getSerializationSize() const noexcept override { return self().serialized().size(); }
  void serialize(void* buffer) const noexcept override {
    const std::vector<std::byte> bytes = self().serialized();
    if (!bytes.empty()) {
      std::memcpy(buffer, bytes.data(), bytes.size());
    }
  }
  nvinfer1::IPluginV2DynamicExt* clone() const noexcept override {
    return std::make_unique<Derived>(self()).release();
  }

 private:
  const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

/// Creates plugins of one kind when an engine is deserialised. `Plugin` has
/// `static std::unique_ptr<Plugin> deserialize(std::span<const std::byte>)`, which returns null for
/// bytes that it didn't serialise.
template <typename Plugin>
class CreatorOf final : public nvinfer1::IPluginCreator {
 public:
  const char* getPluginName() const noexcept override { return Plugin::kName; }
  const char* getPluginVersion() const noexcept override { return Plugin::kVersion; }
  const nvinfer1::PluginFieldCollection* getFieldNames() noexcept override { return &kNoFields; }
  /// Null: our plugins are created in C++ and by deserialising, never from fields.
  nvinfer1::IPluginV2* createPlugin(const char*,
                                    const nvinfer1::PluginFieldCollection*) noexcept override {
    return nullptr;
  }
  nvinfer1::IPluginV2* deserializePlugin(const char*, const void* data,
                                         size_t size) noexcept override {
    return Plugin::deserialize({static_cast<const std::byte*>(data), size}).release();
  }
  void setPluginNamespace(const char*) noexcept override {}
  const char* getPluginNamespace() const noexcept override { return kPluginNamespace; }

 private:
  static constexpr nvinfer1::PluginFieldCollection kNoFields{0, nullptr};
};

}  // namespace yolofleet::backend::tensorrt

YOLOFLEET_DEPRECATED_TENSORRT_END
