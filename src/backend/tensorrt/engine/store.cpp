#include "backend/tensorrt/engine/store.hpp"

#include <algorithm>
#include <iterator>

#include "backend/tensorrt/engine/cache.hpp"
#include "backend/tensorrt/engine/describe.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The cache in `folder`; if that is empty, in the user's folder.
Result<EngineCache> cache_in(const std::filesystem::path& folder) {
  auto named = folder.empty() ? EngineCache::default_folder() : folder;
  return named.map([](const std::filesystem::path& where) { return EngineCache{where}; });
}

}  // namespace

Result<std::vector<CachedEngine>> list_engines(const std::filesystem::path& folder) {
  const auto entries = cache_in(folder).and_then([](const auto& cache) { return cache.list(); });
  return entries.map([](const std::vector<CacheEntry>& found) {
    std::vector<CachedEngine> engines;
    std::transform(found.begin(), found.end(), std::back_inserter(engines), describe);
    return engines;
  });
}

Result<int> clear_engines(const std::filesystem::path& folder) {
  return cache_in(folder).and_then([](const auto& cache) { return cache.clear(); });
}

Result<std::filesystem::path> default_engine_folder() {
  return EngineCache::default_folder();
}

}  // namespace yolofleet::backend::tensorrt
