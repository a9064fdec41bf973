#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace yolofleet::backend::tensorrt {

/// Appends numbers as their bytes (little endian, like every machine with CUDA).
class ByteWriter {
 public:
  template <typename Number>
  void put(Number value) {
    static_assert(std::is_arithmetic_v<Number>);
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  const std::vector<std::byte>& bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads numbers that a ByteWriter wrote. Past the end it returns zeros and notes the failure.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <typename Number>
  Number get() {
    static_assert(std::is_arithmetic_v<Number>);
    Number value{};
    if (rest_.size() < sizeof value) {
      failed_ = true;
      rest_ = {};
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return value;
  }
  /// Whether every read succeeded and no byte is left.
  bool complete() const noexcept { return !failed_ && rest_.empty(); }
  /// Whether a read went past the end.
  bool failed() const noexcept { return failed_; }

 private:
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

}  // namespace yolofleet::backend::tensorrt
