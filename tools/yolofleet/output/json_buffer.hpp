#pragma once

#include <cstddef>
#include <exception>
#include <streambuf>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The most bytes of a text or number in a JSON file, and between two of these.
inline constexpr std::size_t kMaxJsonValueBytes = std::size_t{1} << 22U;

/// A file's bytes for a JSON parser. The parser holds all bytes between two texts or numbers, to
/// quote them in a message; the buffer ends early when these are too many.
class JsonBuffer final : public std::streambuf {
 public:
  explicit JsonBuffer(std::streambuf& file) : file_(file) {}

  /// Call it when the parser has released the bytes that it holds.
  void let_go() noexcept { held_ = 0; }
  bool is_over() const noexcept { return held_ > kMaxJsonValueBytes; }

 protected:
  int_type underflow() override {
    const std::streamsize got =
        is_over() ? 0 : file_.sgetn(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
    if (got <= 0) {
      return traits_type::eof();
    }
    held_ += static_cast<std::size_t>(got);
    setg(chunk_.data(), chunk_.data(), chunk_.data() + got);
    return traits_type::to_int_type(chunk_[0]);
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 16U;
  std::streambuf& file_;
  std::vector<char> chunk_ = std::vector<char>(kChunk);
  std::size_t held_ = 0;
};

/// Why the parser gave up on a file: kTooLarge where the buffer ended it, else kMalformed, with the
/// parser's words.
Error unparsable(const std::string& file, const JsonBuffer& buffer, const std::exception& error);

}  // namespace yolofleet::command
