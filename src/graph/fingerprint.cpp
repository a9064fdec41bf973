#include "graph/fingerprint.hpp"

#include <fmt/format.h>

#include <new>

#include "graph/hasher.hpp"

namespace yolofleet::graph {

Hasher::Hasher() : state_(XXH3_createState()) {
  if (!state_) {
    throw std::bad_alloc();
  }
  XXH3_128bits_reset(state_.get());
}

std::string Hasher::digest() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string fingerprint(const Network& network) {
  Hasher hasher;
  const Shape input = network.input();
  hasher.put(input.channels, input.height, input.width);
  for (const Layer& layer : network.layers()) {
    hasher.put(layer.operation.index());
    std::visit([&](const auto& op) { hash_fields(hasher, op); }, layer.operation);
  }
  return hasher.digest();
}

}  // namespace yolofleet::graph
