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

/// The bytes of an engine, and what holds them.
struct SharedEngine {
  std::shared_ptr<const void> owner;
  std::span<const std::byte> bytes;
};

/// Engines of lanes that are opened together, where no cache keeps them: built once for all devices
/// of a kind. Holds them until it goes itself. Thread-safe.
class SharedEngines {
 public:
  using Build = std::function<Result<SharedEngine>()>;

  /// The engine of this key: what `build` gave, which is called where there is none yet and nobody
  /// else is at it. Who has to wait for somebody else's calls `on_wait` before. Where that one's
  /// build failed, whose device may be to blame, this one builds. Errors and exceptions: `build`'s.
  Result<SharedEngine> get(const std::string& key, const Build& build,
                           const std::function<void()>& on_wait);

 private:
  struct Entry {
    bool building = false;
    SharedEngine engine;  // without an owner: none yet
  };
  void end(Entry& entry, SharedEngine engine);

  std::mutex mutex_;
  std::condition_variable ended_;  // a build
  std::map<std::string, Entry> entries_;
};

}  // namespace yolofleet::backend::tensorrt
