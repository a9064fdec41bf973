#include "shared/shell_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

bool is_plain(char letter) {
  constexpr std::string_view kAllowed = "_-./,:=+@%";
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
         kAllowed.find(letter) != std::string_view::npos;
}

/// $'...', in which bash takes escapes.
std::string with_escapes(std::string_view word) {
  std::string quoted = "$'";
  for (const char letter : word) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '\'' || letter == '\\') {
      quoted += {'\\', letter};
    } else if (byte < 0x20 || byte >= 0x7F) {
      quoted += fmt::format("\\{:03o}", byte);
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
    return std::string(word);
  }
  if (printable(word) != word) {
    return with_escapes(word);
  }
  std::string quoted = "'";
  for (const char letter : word) {
    quoted += letter == '\'' ? std::string("'\\''") : std::string{letter};
  }
  return quoted + "'";
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line.append(line.empty() ? "" : " ").append(shell_quoted(word));
  }
  return line;
}

}  // namespace yolofleet::command
