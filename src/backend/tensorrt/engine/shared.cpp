#include "backend/tensorrt/engine/shared.hpp"

#include <utility>

namespace yolofleet::backend::tensorrt {

Result<SharedEngine> SharedEngines::get(const std::string& key, const Build& build,
                                        const std::function<void()>& on_wait) {
  std::unique_lock lock{mutex_};
  Entry& entry = entries_[key];  // a map's entries never move
  if (entry.building) {
    lock.unlock();
    on_wait();
    lock.lock();
    build_ended_.wait(lock, [&] { return !entry.building; });
  }
  if (entry.engine.owner != nullptr) {
    return entry.engine;
  }
  entry.building = true;
  lock.unlock();
  try {
    auto built = build();
    end_build(entry, built ? *built : SharedEngine{});
    return built;
  } catch (...) {
    end_build(entry, {});
    throw;
  }
}

void SharedEngines::end_build(Entry& entry, SharedEngine engine) {
  {
    const std::lock_guard lock{mutex_};
    entry.building = false;
    entry.engine = std::move(engine);
  }
  build_ended_.notify_all();
}

}  // namespace yolofleet::backend::tensorrt
