#pragma once

#include <xxhash.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "graph/operations.hpp"

namespace yolofleet::graph {

struct FreeHashState {
  void operator()(XXH3_state_t* state) const noexcept { XXH3_freeState(state); }
};

/// Hashes a sequence of values.
class Hasher {
 public:
  Hasher();

  template <typename... Values>
  void put(const Values&... values) {
    (put_one(values), ...);
  }
  /// 32 hexadecimal digits.
  std::string digest() const;

 private:
  template <typename Value>
  void put_one(const Value& value) {
    static_assert(std::has_unique_object_representations_v<Value> || std::is_enum_v<Value> ||
                  std::is_floating_point_v<Value> || std::is_same_v<Value, Anchor>);
    XXH3_128bits_update(state_.get(), &value, sizeof value);
  }
  /// Hashes the length too, so that moving a value from one vector to the next changes the hash.
  template <typename Value>
  void put_one(const std::vector<Value>& values) {
    put_one(values.size());
    if (!values.empty()) {
      XXH3_128bits_update(state_.get(), values.data(), values.size() * sizeof(Value));
    }
  }

  std::unique_ptr<XXH3_state_t, FreeHashState> state_;
};

}  // namespace yolofleet::graph
