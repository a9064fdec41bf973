#include "shared/validators.hpp"

#include <fmt/format.h>

#include <CLI/Validators.hpp>
#include <charconv>
#include <cstdint>
#include <set>
#include <system_error>
#include <utility>

#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

/// Whether `text` is a whole number in the range, without a leading zero: other programs read 010
/// as eight.
bool is_whole(const std::string& text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  const bool octal = text.size() > 1 && text[0] == '0';
  return error == std::errc() && rest == end && value >= least && value <= most && !octal;
}

}  // namespace

CLI::Validator from_to(double least, double most, const std::string& allowed) {
  return CLI::Validator(
      [least, most, allowed](const std::string& text) {
        double value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        // A leading zero is refused: CLI11 reads 010 as eight.
        const bool octal = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
        const bool good =
            error == std::errc() && rest == end && value >= least && value <= most && !octal;
        return good ? std::string() : "'" + text + "' isn't " + allowed;
      },
      "");
}

CLI::Validator whole_from_to(std::int64_t least, std::int64_t most) {
  return CLI::Validator(
      [least, most](const std::string& text) {
        return is_whole(text, least, most)
                   ? std::string()
                   : fmt::format("'{}' isn't a whole number from {} to {}", text, least, most);
      },
      "");
}

CLI::Validator port_to_serve() {
  return whole_from_to(0, 65'535);
}

CLI::Validator auto_or_from_to(int least, int most) {
  return CLI::Validator(
      [least, most](const std::string& text) {
        return is_whole(text, least, most) || text == "auto"
                   ? std::string()
                   : fmt::format("'{}' isn't auto or a whole number from {} to {}", text, least,
                                 most);
      },
      "");
}

CLI::Validator list_of(const CLI::Validator& each) {
  return CLI::Validator(
      [each](const std::string& text) {
        std::set<std::string> met;
        for (const std::string& word : split_list(text)) {
          if (std::string wrong = each(word); !wrong.empty()) {
            return wrong;
          }
          if (!met.insert(word).second) {
            return word + " is named twice";
          }
        }
        return std::string();
      },
      "");
}

CLI::Validator one_of(std::vector<std::string> allowed) {
  return CLI::IsMember(std::move(allowed)).description("");
}

CLI::Validator names_a(const std::string& what) {
  return CLI::Validator(
      [what](const std::string& text) { return text.empty() ? "names no " + what : std::string(); },
      "");
}

}  // namespace yolofleet::command
