#include "output/json_buffer.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

/// Without the parser's own terms: "line 1, column 2: invalid literal" of
/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing
/// value
/// - invalid literal".
std::string plain_reason(std::string reason) {
  const auto cut = [&](std::string_view from, std::string_view to) {
    const std::size_t begin = reason.find(from);
    const std::size_t end = begin == std::string::npos ? begin : reason.find(to, begin);
    if (end != std::string::npos) {
      reason.erase(begin, end + to.size() - begin);
    }
  };
  cut("[json.exception", "] ");
  cut("parse error", "at ");
  cut("syntax error", " - ");
  return reason;
}

}  // namespace

Error unparsable(const std::string& file, const JsonBuffer& buffer, const std::exception& error) {
  constexpr std::size_t kMost = 200;  // of the parser's message, which quotes the file
  if (buffer.is_over()) {
    return {ErrorCode::kTooLarge,
            fmt::format("{}: more than {} bytes in a text or number, or between two of them", file,
                        kMaxJsonValueBytes)};
  }
  return {ErrorCode::kMalformed,
          fmt::format(
              R"({}: isn't JSON: {}; it must be an annotation file of COCO: {{"images": [...]}})",
              file, shortened(plain_reason(error.what()), kMost))};
}

}  // namespace yolofleet::command
