#include "output/json_buffer.hpp"

#include <fmt/format.h>

#include "shared/text.hpp"

namespace yolofleet::command {

Error unparsable(const std::string& file, const JsonBuffer& buffer, const std::exception& error) {
  constexpr std::size_t kMost = 200;  // of the parser's message, which quotes the file
  if (buffer.is_over()) {
    return {ErrorCode::kTooLarge,
            fmt::format("{}: more than {} bytes in a text or number, or between two of them", file,
                        kMaxJsonValueBytes)};
  }
  return {ErrorCode::kMalformed,
          fmt::format("{}: isn't JSON: {}", file, shortened(error.what(), kMost))};
}

}  // namespace yolofleet::command
