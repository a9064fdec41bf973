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
/// devices of a kind. Holds them until it is destroyed. Thread-safe.
class SharedEngines {
 public:
  using Build = std::function<Result<SharedEngine>()>;

  /// Returns the engine of this key. The first caller builds it with its `build`. A later caller
  /// waits for that build, and calls its `on_wait` before. If that build fails, for which the first
  /// caller's device may be the reason, the waiting caller builds with its own `build`.
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
