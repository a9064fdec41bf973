#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// The bytes of an engine, and the owner of their memory.
struct SharedEngine {
  std::shared_ptr<const void> owner;
  std::span<const std::byte> bytes;
};

/// Engines of lanes that are opened together without an engine cache: each is built once for all
/// devices of a kind. They are kept until this object is destroyed. Thread-safe.
class SharedEngines {
 public:
  using Build = std::function<Result<SharedEngine>()>;

  /// Returns the engine of this key. The first caller builds it with its `build`. A caller that
  /// comes during this build calls its own `on_wait`, then waits. If the build fails, a waiting
  /// caller builds with its own `build`, since the reason may have been the first caller's device.
  /// Errors and exceptions: those of the caller's own `build`.
  /// Errors and exceptions: those of the caller's own `build`.
  Result<SharedEngine> get(const std::string& key, const Build& build,
                           const std::function<void()>& on_wait);

 private:
  struct Entry {
    bool building = false;
    SharedEngine engine;  // empty until it is built
  };
  void end_build(Entry& entry, SharedEngine engine);

  std::mutex mutex_;
  std::condition_variable build_ended_;
  std::map<std::string, Entry> entries_;
};

}  // namespace yolofleet::backend::tensorrt
